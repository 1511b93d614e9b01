import type { LoadModel } from '../model/load-level.js';
import type { MetricName } from '../model/metric.js';
import type { Run } from '../model/run.js';
import type { DerivedCell } from './derive-run.js';
import { intervalLevel, pOverAllLooks } from './interval-level.js';
import { type LeastDifference, leastDifference } from './least-difference.js';
import { METRICS, type Metric } from './metrics.js';
import { type ControlledInterval, controlledMean } from './statistics/control-variate.js';
import { twoSidedP } from './statistics/distributions.js';
import { holmAdjusted } from './statistics/holm.js';
import { type Interval, LEVEL, type MeanInterval, meanInterval, takenBack } from './statistics/interval.js';
import { fiellerInterval, type Pair, ratioInterval } from './statistics/paired-ratio.js';
import { repeatsNeeded } from './statistics/repeats-needed.js';
import { type GatewaySummary, type LevelSummary, vuLevels } from './summary.js';
import { THRESHOLDS } from './thresholds.js';

/** What may be said of two gateways. */
export type Verdict =
  | { kind: 'difference'; better: 'a' | 'b' }
  | {
      kind: 'none';
      /** The interval holds 1; it doesn't, but one of so many pairs does that by chance; or it is below {@link PairComparison.least}. */
      because: 'interval' | 'multiplicity' | 'floor';
      /** Repeats in all with which a difference of `targetShare` would be seen; null where a thousand wouldn't do. */
      repeatsNeeded: number | null;
    }
  | { kind: 'unknown'; reason: string };

/** Two gateways at one VU level by one metric. */
export interface PairComparison {
  /** Labels. */
  a: string;
  b: string;
  /** Blocks in which both were measured and can be trusted. */
  blocks: number;
  /** a over b, 95 %; null where it is unknown, or where b's overhead may be 0. */
  ratio: Interval | null;
  /** The same at equal speed of the machine before each cell; null where that wasn't measured, and for overheads. */
  controlled: ControlledInterval | null;
  /** Of the t test that they are equal, adjusted for all pairs of this metric at this VU level. */
  adjustedP: number | null;
  least: LeastDifference;
  verdict: Verdict;
}

/** Where a gateway may stand: every rank that the differences seen allow. */
export interface Rank {
  label: string;
  best: number;
  worst: number;
}

/** All gateways at one VU level by one metric. */
export interface LevelComparison {
  /** As a {@link LevelSummary} has it. */
  vus: number;
  model: LoadModel;
  metric: MetricName;
  /** What two measurements of one gateway differ by, as a share; null where no A/A run measured it. */
  floorShare: number | null;
  /** Best first. */
  ranks: Rank[];
  /** Each pair once, the one with the better mean as `a`; in the order of `ranks`. */
  pairs: PairComparison[];
}

/** Least difference between two measurements of one gateway that is to be called one, as a share; null: not measured. */
export type FloorOf = (metric: MetricName, vus: number) => number | null;

/**
 * Compare every pair of gateways at every VU level, from pairs within a block. Levels and metrics for which fewer than two
 * gateways have an interval are left out. Direct is what gateways are measured against and takes no rank.
 */
export function compareGateways(
  run: Pick<Run, 'until'>,
  summaries: readonly GatewaySummary[],
  floorOf: FloorOf = () => null,
): LevelComparison[] {
  return vuLevels(summaries).flatMap((vus) =>
    METRICS.flatMap((metric) => {
      const standing = summaries
        .filter(({ info }) => info?.kind !== 'direct')
        .flatMap((summary) => standingAt(summary, vus, metric))
        .sort((x, y) => (metric.better === 'more' ? y.mean - x.mean : x.mean - y.mean));
      return standing.length < 2 ? [] : [compareLevel(run, standing, vus, metric, floorOf(metric.name, vus))];
    }),
  );
}

interface Standing {
  label: string;
  level: LevelSummary;
  mean: number;
}

function standingAt({ label, levels }: GatewaySummary, vus: number, { name }: Metric): Standing[] {
  const level = levels.find((each) => each.vus === vus);
  const interval = level?.intervals[name];
  return level === undefined || interval === undefined ? [] : [{ label, level, mean: interval.estimate }];
}

function compareLevel(
  run: Pick<Run, 'until'>,
  standing: readonly Standing[],
  vus: number,
  metric: Metric,
  floorShare: number | null,
): LevelComparison {
  const tested = standing.flatMap((a, at) =>
    standing.slice(at + 1).map((b) => testPair(a, b, metric, run, floorShare)),
  );
  const known = tested.filter(({ test }) => test !== null);
  const adjusted = holmAdjusted(known.map(({ test }) => test?.p ?? 1));
  const pairs = tested.map((pair): PairComparison => {
    const at = known.indexOf(pair);
    const adjustedP = adjusted[at] ?? null;
    const { a, b, blocks, ratio, controlled, least } = pair;
    return {
      a,
      b,
      blocks,
      ratio,
      controlled,
      adjustedP,
      least,
      verdict: verdictOn(pair, adjustedP, (1 - intervalLevel(run)) / known.length),
    };
  });
  return {
    vus,
    model: standing[0]?.level.model ?? 'closed',
    metric: metric.name,
    floorShare,
    ranks: ranksOf(standing, pairs),
    pairs,
  };
}

interface TestedPair extends Pick<PairComparison, 'a' | 'b' | 'blocks' | 'ratio' | 'controlled' | 'least'> {
  /** Null for too few blocks. `share` is the difference beside b; `sd` that of the blocks, beside b too. */
  test: { p: number; share: number; sd: number; better: 'a' | 'b' } | null;
}

function testPair(
  a: Standing,
  b: Standing,
  metric: Metric,
  run: Pick<Run, 'until'>,
  floorShare: number | null,
): TestedPair {
  const level = intervalLevel(run);
  const seen = (test: TestedPair['test']) => (test === null ? null : { ...test, p: pOverAllLooks(test.p, run) });
  const cells = pairedCells(a.level, b.level, metric);
  const least = leastDifference(metric.name, [...a.level.comparable, ...b.level.comparable], floorShare);
  const base = { a: a.label, b: b.label, blocks: cells.length, least };
  if (cells.length < THRESHOLDS.intervals.minRepeats) return { ...base, ratio: null, controlled: null, test: null };
  const pairs = cells.map(({ pair }) => pair);
  if (metric.scale === 'log') {
    const ratio = ratioInterval(pairs, level);
    const test = ratio === null ? null : testOf(Math.log(ratio.estimate), ratio, metric);
    return { ...base, ratio, controlled: controlledRatio(cells, level), test: seen(test) };
  }
  const ratio = fiellerInterval(pairs, level);
  const difference = meanInterval(pairs.map(({ numerator, denominator }) => numerator - denominator));
  const unit = Math.abs(b.mean);
  const scaled = difference === null ? null : { ...difference, sd: difference.sd / unit };
  return {
    ...base,
    ratio: ratio?.kind === 'bounded' ? ratio : null,
    controlled: null,
    test: scaled === null ? null : seen(testOf(scaled.estimate / unit, scaled, metric)),
  };
}

/** @param difference of a from b: a logarithm, or a share of b where the scale is plain */
function testOf(difference: number, { sd, n, df }: MeanInterval, { better, scale }: Metric): TestedPair['test'] {
  const error = sd / Math.sqrt(n);
  const p = error > 0 ? twoSidedP(difference / error, df) : difference === 0 ? 1 : 0;
  const share = scale === 'log' ? Math.expm1(Math.abs(difference)) : Math.abs(difference);
  return { p, share, sd, better: difference > 0 === (better === 'more') ? 'a' : 'b' };
}

interface PairedCells {
  pair: Pair;
  /** Logarithm of what the kernels cost before a's cell over that before b's. */
  control: number | null;
}

/** Both gateways' figures of the blocks in which both have one. */
function pairedCells(a: LevelSummary, b: LevelSummary, metric: Metric): PairedCells[] {
  return a.comparable.flatMap((ours) => {
    const theirs = b.comparable.find(({ cell }) => cell.repeat === ours.cell.repeat);
    const numerator = metric.valueOf(ours);
    const denominator = theirs === undefined ? null : metric.valueOf(theirs);
    if (theirs === undefined || numerator === null || denominator === null) return [];
    return [{ pair: { numerator, denominator }, control: speedDifference(ours, theirs) }];
  });
}

/**
 * Only before the cells: what a gateway leaves behind, such as a warm CPU or torn memory, may slow the kernels after it,
 * and its difference wouldn't be 0 on average any more. What comes before is decided by chance.
 */
function speedDifference(a: DerivedCell, b: DerivedCell): number | null {
  const [ours, theirs] = [a.machineSpeed.kernelsBefore, b.machineSpeed.kernelsBefore];
  return ours === null || theirs === null ? null : Math.log(ours / theirs);
}

function controlledRatio(cells: readonly PairedCells[], level: number): ControlledInterval | null {
  const known = cells.flatMap(({ pair: { numerator, denominator }, control }) =>
    control === null ? [] : { value: Math.log(numerator / denominator), control },
  );
  if (known.length < cells.length || known.length < THRESHOLDS.intervals.minControlled) return null;
  return takenBack(controlledMean(known, level));
}

function verdictOn({ test, blocks, least }: TestedPair, adjustedP: number | null, alphaOfPair: number): Verdict {
  const { targetShare } = THRESHOLDS.comparison;
  const alpha = 1 - LEVEL;
  if (test === null || adjustedP === null) {
    const { minRepeats } = THRESHOLDS.intervals;
    return { kind: 'unknown', reason: `${blocks} common blocks are too few: ${minRepeats} are needed` };
  }
  if (adjustedP <= alpha && test.share > least.share) return { kind: 'difference', better: test.better };
  const target = Math.log1p(Math.max(targetShare, least.share));
  return {
    kind: 'none',
    because: adjustedP <= alpha ? 'floor' : test.p <= alpha ? 'multiplicity' : 'interval',
    repeatsNeeded: repeatsNeeded(test.sd, target, alphaOfPair),
  };
}

/** A gateway is below all that are better than it for sure, and above all that are worse. */
function ranksOf(standing: readonly Standing[], pairs: readonly PairComparison[]): Rank[] {
  return standing.map(({ label }) => {
    const own = pairs.filter(({ a, b, verdict }) => verdict.kind === 'difference' && (a === label || b === label));
    const won = own.filter((pair) => pair.verdict.kind === 'difference' && pair[pair.verdict.better] === label).length;
    return { label, best: 1 + own.length - won, worst: standing.length - won };
  });
}
