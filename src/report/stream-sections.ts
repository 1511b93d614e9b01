import type { GatewayStreams, StreamLevel, StreamLimit, StreamParts } from '../analysis/streams.js';
import { THRESHOLDS } from '../analysis/thresholds.js';
import { pacingOf } from '../analysis/upstream-answer.js';
import {
  ABSENT,
  formatCount,
  formatDecimal,
  formatList,
  formatMilliseconds,
  formatShare,
  formatVus,
  tabulateMilliseconds,
  tabulateShare,
} from '../lib/format.js';
import type { Scenario } from '../model/scenario.js';
import { Footnotes } from './footnotes.js';
import { overheadCell } from './latency-cells.js';
import { levelRemarks } from './level-remarks.js';
import { columns, type Section } from './section.js';
import { marked, nameAndVersion } from './throughput-table.js';

/** When the frames of streams came, where the time went that gateways add, and how many streams they sustain. */
export function streamSections(streams: readonly GatewayStreams[], scenario: Scenario): Section[] {
  if (streams.length === 0) return [];
  return [framesSection(streams, scenario), timeSection(streams), ...sustainedSection(streams, scenario)];
}

const FRAME_COLUMNS = [
  'Gateway',
  'VUs',
  'First p50',
  'p99',
  '+p50',
  'Gap p50',
  'p99',
  'Longest',
  '+p50',
  '+p99',
  'Lost',
  'Merged',
  'Reordered',
  'Buffered',
  'CPU µs/frame',
];

function framesSection(streams: readonly GatewayStreams[], scenario: Scenario): Section {
  const footnotes = new Footnotes();
  const { frames, paceUs } = pacingOf(scenario);
  const pace = paceUs === 0 ? 'without a pause' : `one every ${formatMilliseconds(paceUs)}`;
  return {
    title: 'Frames',
    lead: [
      `The upstream writes ${frames} frames with text, ${pace}. First: time to the first of them; gap: from one to the next; in milliseconds, of right answers. ` +
        '+: the gateway minus the direct run. A gap of 0.001 means that both came in one read.',
      'Lost, merged and reordered frames are shares of all that were to come in the window, those of failed streams included. ' +
        mergedLead(paceUs),
      'CPU µs/frame: CPU time of the gateway’s process tree over the frames that came, whatever requests cost beside their frames included.',
    ],
    table: {
      columns: columns(FRAME_COLUMNS, 1),
      rows: streams.flatMap(({ summary, levels }) =>
        levels.map((level, at) => {
          const of = summary.levels.find(({ vus }) => vus === level.vus);
          const remarks = of === undefined ? [] : levelRemarks(summary, of);
          return [
            at === 0 ? nameAndVersion(summary) : '',
            marked(String(level.vus), footnotes.mark(remarks)),
            ...frameCells(level),
          ];
        }),
      ),
    },
    notes: footnotes.lines(),
  };
}

function mergedLead(paceUs: number): string {
  if (paceUs === 0) return 'Where the upstream doesn’t pause, nobody can tell what was merged on the way, or buffered.';
  const { mergedPaceShare, bufferedUs } = THRESHOLDS.streams;
  return (
    `Merged: it came within ${formatMilliseconds(mergedPaceShare * paceUs)} of the one before, or in its frame. ` +
    `Buffered: answers of which the last frame came within ${formatMilliseconds(bufferedUs)} of the first.`
  );
}

function frameCells({ shown, figures, added }: StreamLevel): string[] {
  const { firstByteUs: first, stream } = shown;
  const gap = stream?.gapUs ?? null;
  const { frames, merged, buffered, longestGapUs, cpuUsPerFrame } = figures;
  const expected = frames?.expected ?? null;
  return [
    tabulateMilliseconds(first?.p50 ?? null),
    tabulateMilliseconds(first?.p99 ?? null),
    overheadCell(added?.firstFrameP50 ?? null),
    tabulateMilliseconds(gap?.p50 ?? null),
    tabulateMilliseconds(gap?.p99 ?? null),
    tabulateMilliseconds(longestGapUs),
    overheadCell(added?.gapP50 ?? null),
    overheadCell(added?.gapP99 ?? null),
    share(frames?.lost ?? null, expected),
    share(merged, expected),
    share(frames?.reordered ?? null, expected),
    share(buffered, stream?.spanUs?.count ?? 0),
    cpuUsPerFrame === null ? ABSENT : formatDecimal(cpuUsPerFrame, cpuUsPerFrame < 10 ? 1 : 0),
  ];
}

function timeSection(streams: readonly GatewayStreams[]): Section {
  const footnotes = new Footnotes();
  return {
    title: 'Where the time went',
    lead: [
      'Means in milliseconds of right answers: of direct runs as they were, of gateways what they add to those. Head: from the request to the first byte of the response. ' +
        'First frame: from there to the first frame with text. Frames: from the first to the last. End: from the last frame to the end of the response. ' +
        'The parts add up to all.',
    ],
    table: {
      columns: columns(['Gateway', 'VUs', 'Head', 'First frame', 'Frames', 'End', 'All', 'Most of it'], 1),
      rows: streams.flatMap(({ summary, levels }) =>
        levels.map(({ vus, shown, figures, added }, at) => {
          const name = at === 0 ? nameAndVersion(summary) : '';
          if (shown.gateway.kind === 'direct')
            return [name, String(vus), ...partCells(figures.partsUs, tabulateMilliseconds), ''];
          const remarks = added === null ? ['No direct cell beside it that can be trusted as much.'] : [];
          return [
            name,
            marked(String(vus), footnotes.mark(remarks)),
            ...partCells(added?.parts ?? null, overheadCell),
            added === null ? ABSENT : mostOf(added.parts),
          ];
        }),
      ),
    },
    notes: footnotes.lines(),
  };
}

function partCells(parts: StreamParts | null, format: (us: number | null) => string): string[] {
  if (parts === null) return new Array<string>(5).fill(ABSENT);
  return [parts.head, parts.firstFrame, parts.frames, parts.end, allOf(parts)].map(format);
}

function allOf({ head, firstFrame, frames, end }: StreamParts): number {
  return head + firstFrame + frames + end;
}

const PART_NAMES: Record<keyof StreamParts, string> = {
  head: 'before the head',
  firstFrame: 'before the first frame',
  frames: 'between frames',
  end: 'after the last frame',
};
/** The part with most of what a gateway adds, with its share; a dash where it adds too little in all, or no part has half. */
function mostOf(parts: StreamParts): string {
  const names = Object.keys(PART_NAMES) as (keyof StreamParts)[];
  const [largest = 'head'] = names.toSorted((a, b) => parts[b] - parts[a]);
  // Parts below 0 take nothing from the share of the others.
  const added = names.reduce((sum, name) => sum + Math.max(0, parts[name]), 0);
  const { minAddedUs, mostShare } = THRESHOLDS.streams;
  if (allOf(parts) < minAddedUs || parts[largest] < mostShare * added) return ABSENT;
  return `${PART_NAMES[largest]}, ${formatDecimal((100 * parts[largest]) / added, 0)} %`;
}

function sustainedSection(streams: readonly GatewayStreams[], scenario: Scenario): Section[] {
  const { paceUs } = pacingOf(scenario);
  const { lateGapPaces, maxFailedShare } = THRESHOLDS.streams;
  const rows = streams.flatMap(({ summary, sustained }) => {
    if (sustained === null) return [];
    const { vus, failed, trusted } = sustained;
    const why =
      failed === null ? 'every level did' : `${formatVus(failed.vus)}: ${formatList(failed.limits.map(limitText))}`;
    const most = vus === null ? 'none' : String(vus);
    return [[nameAndVersion(summary), trusted ? most : `(${most})`, why]];
  });
  if (rows.length === 0) return [];
  return [
    {
      title: 'Streams sustained',
      lead: [
        `The most VUs, up from the fewest measured, with no frame lost, no gap over ${formatMilliseconds(lateGapPaces * paceUs)}, which is ${lateGapPaces} times the upstream’s pace, ` +
          `and less than ${formatShare(maxFailedShare)} of requests failed, in all repeats that can be trusted; in (brackets) without one. Where direct fails too, it is the machine that did.`,
      ],
      table: { columns: columns(['Gateway', 'VUs', 'Why no more'], 3), rows },
      notes: [],
    },
  ];
}

function limitText(limit: StreamLimit): string {
  switch (limit.kind) {
    case 'lost':
      return `${formatCount(limit.frames)} ${limit.frames === 1 ? 'frame' : 'frames'} lost`;
    case 'gap':
      return `a gap of ${formatMilliseconds(limit.longestUs)}`;
    case 'errors':
      return `${formatShare(limit.share)} of requests failed`;
    case 'crashed':
      return 'it crashed';
    case 'unknown':
      return 'not measured';
    default:
      return limit satisfies never;
  }
}

function share(count: number | null, of: number | null): string {
  if (count === null || of === null || of === 0) return ABSENT;
  return count === 0 ? '0' : tabulateShare(count / of);
}
