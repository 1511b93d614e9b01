import { type Recovery, recoveries } from '../../analysis/recovery.js';
import { THRESHOLDS } from '../../analysis/thresholds.js';
import { formatDuration } from '../../lib/duration.js';
import { formatDecimal, formatList, formatMilliseconds, formatRate } from '../../lib/format.js';
import type { StageOfLoad } from '../../model/load.js';
import type { LoadModel } from '../../model/load-level.js';
import type { DerivedReport } from '../derived-report.js';
import type { Answer, BestFigure } from './answer.js';
import { asMany } from './fastest.js';
import { formatLevels } from './ranking.js';
import { contenders } from './standing.js';

/** A gateway in the stage with the highest level, and what came of its spikes. */
interface AtPeak {
  title: string;
  stage: StageOfLoad;
  /** Successful requests per second. */
  ratePerSec: number;
  p99Us: number;
  keptUp: boolean;
  /** Of the last spike; undefined for a load without. */
  recovery: Recovery | undefined;
}

/**
 * Of a load in stages: who bore the highest one, and who was back soonest after it. What is known of a stage is of one repeat, so nothing is
 * said of chance.
 * @returns null for any other load
 */
export function stagesAnswer(report: DerivedReport): Answer | null {
  const { load } = report.run.scenario;
  if (load.stages === undefined) return null;
  const all = atPeak(report);
  const [any] = all;
  if (any === undefined) return { headline: 'No gateway has a stage that can be trusted.', sentences: [] };
  const best = load.model === 'open' ? openHeadline(all) : closedHeadline(all);
  return {
    headline: `${best}.`,
    sentences: [...behind(all), ...recovered(all), ...(all.length < 2 ? [] : [ONE_REPEAT])],
  };
}

const ONE_REPEAT = 'A stage’s figures are of one repeat, so how much of that is chance isn’t known.';

/** The best at the highest stage, and the one that recovers soonest. */
export function stageFigures(report: DerivedReport): BestFigure[] {
  const all = atPeak(report);
  const { model } = report.run.scenario.load;
  const [first] = ranked(all, model);
  if (first === undefined || all.length < 2) return [];
  const note = `at ${peakName(first.stage, model)}, in one repeat`;
  const back = all.filter(({ recovery }) => recovery?.recoveryS != null);
  const [soonest] = back.toSorted((a, b) => (a.recovery?.recoveryS ?? 0) - (b.recovery?.recoveryS ?? 0));
  const alike = back.filter(({ recovery }) => recovery?.recoveryS === soonest?.recovery?.recoveryS);
  return [
    model === 'open'
      ? { title: 'Lowest p99', gateway: first.title, value: formatMilliseconds(first.p99Us), note }
      : { title: 'Highest rate', gateway: first.title, value: `${formatRate(first.ratePerSec)} req/s`, note },
    ...(soonest?.recovery?.recoveryS == null
      ? []
      : [
          {
            title: 'Soonest recovered',
            gateway: formatList(alike.map(({ title }) => title)),
            value: formatDuration(soonest.recovery.recoveryS),
            note: 'after the spike, in one repeat',
          },
        ]),
  ];
}

function atPeak(report: DerivedReport): AtPeak[] {
  const isOpen = report.run.scenario.load.model === 'open';
  return contenders(report).flatMap(({ title, levels }) =>
    levels.flatMap(({ shown }): AtPeak[] => {
      const stage = peakOf(shown?.stages ?? []);
      if (shown?.outcome.kind !== 'ok' || stage === undefined) return [];
      const keptUp = !isOpen || stage.ok + stage.failed >= THRESHOLDS.openLoop.minShare * dueInTime(stage);
      const ratePerSec = stage.ok / stage.durationS;
      return [
        {
          title,
          stage,
          ratePerSec,
          p99Us: stage.latencyUs?.p99 ?? Number.POSITIVE_INFINITY,
          keptUp,
          recovery: recoveries(shown).at(-1),
        },
      ];
    }),
  );
}

/** Requests that were due, without those of its last moments, which no gateway could have answered in it. */
function dueInTime({ from, to, durationS, latencyUs }: StageOfLoad): number {
  return ((from + to) / 2) * Math.max(0, durationS - (latencyUs?.min ?? 0) / 1e6);
}

/** The highest; one that stays there before one that goes there, and the longest of several. */
function peakOf(stages: readonly StageOfLoad[]): StageOfLoad | undefined {
  return stages.toSorted(
    (a, b) => b.to - a.to || Math.abs(a.from - a.to) - Math.abs(b.from - b.to) || b.durationS - a.durationS,
  )[0];
}

/** Best first: of an open loop those that kept up, by latency. */
function ranked(all: readonly AtPeak[], model: LoadModel): AtPeak[] {
  return model === 'open'
    ? all.filter(({ keptUp }) => keptUp).sort((a, b) => a.p99Us - b.p99Us)
    : all.toSorted((a, b) => b.ratePerSec - a.ratePerSec);
}

function openHeadline(all: readonly AtPeak[]): string {
  const [first, second] = ranked(all, 'open');
  const at = peakName((first ?? all[0])?.stage, 'open');
  if (first === undefined) return `No gateway kept up with ${at}`;
  const p99 = `p99 ${formatMilliseconds(first.p99Us)}`;
  if (all.length === 1) return `${first.title} kept up with ${at}: ${p99}`;
  if (second === undefined) return `${first.title} alone kept up with ${at}: ${p99}`;
  return `${first.title} had the lowest p99 at ${at}: ${formatMilliseconds(first.p99Us)}, against ${formatMilliseconds(second.p99Us)} of ${second.title}`;
}

function closedHeadline(all: readonly AtPeak[]): string {
  const [first, second] = ranked(all, 'closed');
  if (first === undefined) return '';
  const [at, rate] = [peakName(first.stage, 'closed'), `${formatRate(first.ratePerSec)} requests per second`];
  if (second === undefined) return `${first.title} answered ${rate} at ${at}`;
  return `${first.title} had the highest rate at ${at}: ${rate}, ${asMany(first.ratePerSec / second.ratePerSec)} as ${second.title}`;
}

/** `1,000 req/s, its highest stage`; of a ramp `50 to 300 VUs, …`. */
function peakName(stage: StageOfLoad | undefined, model: LoadModel): string {
  if (stage === undefined) return 'the highest stage';
  const { from, to } = stage;
  const level = formatLevels([to], model);
  return `the highest stage, ${from === to ? level : `${formatDecimal(from, 0)} to ${level}`}`;
}

function behind(all: readonly AtPeak[]): string[] {
  return all.flatMap(({ title, keptUp, ratePerSec, p99Us }) =>
    keptUp
      ? []
      : [
          `${title} did not keep up with it: ${formatRate(ratePerSec)} a second${Number.isFinite(p99Us) ? `, p99 ${formatMilliseconds(p99Us)}` : ''}.`,
        ],
  );
}

/** Who was back after the spike, and when; who had nothing to be back at. */
function recovered(all: readonly AtPeak[]): string[] {
  const spiked = all.flatMap(({ title, recovery }) => (recovery === undefined ? [] : [{ title, ...recovery }]));
  const fit = spiked.filter(({ unfit }) => unfit === null);
  const times = fit.map(({ title, recoveryS, watchedS }) =>
    recoveryS === null
      ? `${title} not within ${formatDuration(watchedS)}`
      : `${title} after ${formatDuration(recoveryS)}`,
  );
  return [
    ...(times.length === 0 ? [] : [`After the spike p99 was back: ${formatList(times)}.`]),
    ...spiked.flatMap(({ title, unfit }) =>
      unfit === null
        ? []
        : [`${title} was ${unfit === 'behind' ? 'behind' : 'failing requests'} before the spike already.`],
    ),
  ];
}
