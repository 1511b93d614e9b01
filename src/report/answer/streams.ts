import type { SustainedStreams } from '../../analysis/streams.js';
import { formatCount, formatList, formatMilliseconds } from '../../lib/format.js';
import type { DerivedReport } from '../derived-report.js';
import type { Answer, BestFigure } from './answer.js';
import { atLevels } from './ranking.js';
import { contenders } from './standing.js';

/** What a gateway does to the median time to the first frame, in microseconds. */
interface FirstFrame {
  title: string;
  us: number;
}

interface StreamStandings {
  vus: number;
  /** Whether times are what is added to the direct run. */
  isAdded: boolean;
  /** The soonest first. */
  order: FirstFrame[];
  /** The most first. */
  sustained: { title: string; streams: SustainedStreams }[];
}

/**
 * Of a closed loop of paced streams, whose rate is the upstream's pace and says nothing: who hands on the first frame soonest, and how many streams each
 * sustains.
 * @returns null for any other load
 */
export function streamsAnswer(report: DerivedReport): Answer | null {
  const found = streamStandings(report);
  if (found === null) return null;
  const { vus, isAdded, order, sustained } = found;
  const [first, second] = order;
  const at = atLevels([vus], 'closed');
  const figure = (each: FirstFrame) => formatFirst(each, found);
  const what = isAdded ? 'adds the least time to the first frame' : 'hands on the first frame soonest';
  const headline =
    first === undefined
      ? 'No gateway has streams that can be trusted.'
      : second === undefined
        ? `${first.title} ${isAdded ? 'adds to the first frame' : 'hands on the first frame after'} ${figure(first)} at p50 ${at}.`
        : `${first.title} ${what} ${at}: ${figure(first)} at p50, against ${figure(second)} of ${second.title}.`;
  return {
    headline,
    sentences: [
      ...(sustained.length === 0
        ? []
        : [
            `Streams sustained: ${formatList(sustained.map(({ title, streams }) => `${title} ${formatSustained(streams)}`))}.`,
          ]),
      ...(second === undefined ? [] : [ONE_REPEAT]),
    ],
  };
}

const ONE_REPEAT = 'Times of frames are of one repeat, so how much of that is chance isn’t known.';

/** Who is soonest with the first frame, and who sustains the most streams; empty for any other load. */
export function streamFigures(report: DerivedReport): BestFigure[] {
  const found = streamStandings(report);
  const [first, second] = found?.order ?? [];
  if (found === null || first === undefined || second === undefined) return [];
  const [most] = found.sustained;
  const alike = found.sustained.filter(({ streams }) => streams.vus === most?.streams.vus);
  return [
    {
      title: found.isAdded ? 'Least added to the first frame' : 'Soonest first frame',
      gateway: first.title,
      value: formatFirst(first, found),
      note: `p50 ${atLevels([found.vus], 'closed')}, in one repeat`,
    },
    ...(most?.streams.vus == null
      ? []
      : [
          {
            title: 'Most streams sustained',
            gateway: formatList(alike.map(({ title }) => title)),
            value: formatSustained(most.streams),
            note: 'no frame lost, no gap over ten times the pace',
          },
        ]),
  ];
}

function streamStandings(report: DerivedReport): StreamStandings | null {
  const labels = new Set(contenders(report).map(({ label }) => label));
  const own = report.streams.filter(({ summary, sustained }) => labels.has(summary.label) && sustained !== null);
  if (own.length === 0 || report.run.scenario.load.model === 'open') return null;
  const isAdded = own.some(({ levels }) => levels.some(({ added }) => added !== null));
  const at = (vus: number): FirstFrame[] =>
    own
      .flatMap(({ summary: { title }, levels }) => {
        const level = levels.find((each) => each.vus === vus && each.shown.outcome.kind === 'ok');
        const us = isAdded ? level?.added?.firstFrameP50 : level?.shown.firstByteUs?.p50;
        return us === undefined ? [] : [{ title, us }];
      })
      .sort((a, b) => a.us - b.us);
  const levels = [...new Set(own.flatMap(({ levels: each }) => each.map(({ vus }) => vus)))].sort((a, b) => b - a);
  const vus = levels.find((level) => at(level).length > 1) ?? levels.find((level) => at(level).length > 0);
  return {
    vus: vus ?? levels[0] ?? 0,
    isAdded,
    order: vus === undefined ? [] : at(vus),
    sustained: own
      .flatMap(({ summary: { title }, sustained }) => (sustained?.trusted ? [{ title, streams: sustained }] : []))
      .sort((a, b) => (b.streams.vus ?? 0) - (a.streams.vus ?? 0)),
  };
}

/** `+0.9 ms` where it is added, `61.3 ms` else. */
function formatFirst({ us }: FirstFrame, { isAdded }: StreamStandings): string {
  return `${isAdded && us >= 0 ? '+' : ''}${formatMilliseconds(us)}`;
}

/** `100`, `none`; with nothing that failed it may be more. */
function formatSustained({ vus, failed }: SustainedStreams): string {
  return vus === null ? 'none' : `${formatCount(vus)}${failed === null ? ' or more' : ''}`;
}
