import type { PublishedShape } from '../model/claims.js';
import type { CurveLevel, ScalingCurve } from './scaling-curve.js';
import { THRESHOLDS } from './thresholds.js';

export type ShapeName = PublishedShape['shape'];

/** At its end a curve is flat: more VUs only wait longer. */
interface FlatPart {
  from: CurveLevel;
  levels: CurveLevel[];
  meanPerSec: number;
}

/** What the gateway's CPU is used up by. */
export type BusyCpu =
  /** Of each of so many processes. */
  { kind: 'one-thread'; threads: number; cpuPercent: number } | { kind: 'all-cpus'; cpus: number; cpuPercent: number };

interface Facts {
  levels: CurveLevel[];
  /** With the most VUs. */
  last: CurveLevel;
  /** With the highest rate. */
  peak: CurveLevel;
  /** Rate at the most VUs over what the upstream alone allows; null where that is not known. */
  efficiency: number | null;
}

/** How the rate goes with the number of VUs, and the figures that say so. */
export type Shape =
  | { name: null; reason: string }
  | ({ name: 'linear' | 'sub-linear' } & Facts)
  | ({ name: 'ceiling'; flat: FlatPart; busy: BusyCpu } & Facts)
  | ({ name: 'plateau'; flat: FlatPart } & Facts)
  /** `crashed`: its process ended; `failing`: the first level at which requests failed; `fallen`: the first level of the fall. */
  | ({ name: 'cliff'; atVus: number; cause: 'crashed' | 'failing' | 'fallen' } & Facts);

/**
 * The shape of a curve, by the first rule that holds:
 *
 *     cliff       a crash, many failures, or a rate at the most VUs far below the highest
 *     flat        the last levels, over at least twice the VUs, have d ln X / d ln N < 0.1:
 *                 ceiling where the CPU of one thread, or of all its CPUs, is used up, else plateau
 *     linear      E(N) = X(N) R_direct(N) / N at the most VUs is near 1
 *     sub-linear  all others
 *
 * The bounds are in `THRESHOLDS.shape`.
 */
export function shapeOf(curve: ScalingCurve): Shape {
  const { levels } = curve;
  const { minLevels } = THRESHOLDS.shape;
  const last = levels.at(-1);
  if (last === undefined) return { name: null, reason: noLevels(curve) };
  const peak = levels.reduce((best, level) => (level.ratePerSec > best.ratePerSec ? level : best));
  const facts = { levels, last, peak, efficiency: efficiencyAt(last, levels) };
  const cliff = cliffOf(curve, facts);
  if (cliff !== null) return { name: 'cliff', ...cliff, ...facts };
  if (levels.length < minLevels) {
    return { name: null, reason: `${levels.length} trusted levels are too few: ${minLevels} are needed` };
  }
  const flat = flatPart(levels);
  if (flat !== null) {
    const busy = busiest(flat.levels, curve.cpus);
    return busy === null ? { name: 'plateau', flat, ...facts } : { name: 'ceiling', flat, busy, ...facts };
  }
  const linear = facts.efficiency !== null && facts.efficiency >= THRESHOLDS.shape.linearEfficiency;
  return { name: linear ? 'linear' : 'sub-linear', ...facts };
}

function noLevels({ crashedAtVus }: ScalingCurve): string {
  return crashedAtVus === null ? 'no level was measured that can be trusted' : 'its process ended at every level';
}

/** Against the upstream alone; where that isn't known, against the fewest VUs. Null where neither says anything. */
export function efficiencyAt(level: CurveLevel, levels: readonly CurveLevel[]): number | null {
  if (level.idealPerSec !== null) return level.ratePerSec / level.idealPerSec;
  const [first] = levels;
  if (first === undefined || first === level || first.ratePerSec === 0) return null;
  return level.ratePerSec / level.vus / (first.ratePerSec / first.vus);
}

type Cliff = Pick<Extract<Shape, { name: 'cliff' }>, 'atVus' | 'cause'>;

function cliffOf({ levels, crashedAtVus }: ScalingCurve, { last, peak }: Facts): Cliff | null {
  const { cliffShare, cliffFailedShare } = THRESHOLDS.shape;
  const least = cliffShare * peak.ratePerSec;
  const candidates: (Cliff | null)[] = [
    crashedAtVus === null ? null : { atVus: crashedAtVus, cause: 'crashed' },
    firstOf('failing', levels, ({ failedShare }) => (failedShare ?? 0) >= cliffFailedShare),
    last.ratePerSec >= least
      ? null
      : firstOf('fallen', levels.slice(levels.findLastIndex(({ ratePerSec }) => ratePerSec >= least) + 1), () => true),
  ];
  const found = candidates.filter((candidate) => candidate !== null);
  return found.reduce<Cliff | null>((first, each) => (first === null || each.atVus < first.atVus ? each : first), null);
}

function firstOf(cause: Cliff['cause'], levels: readonly CurveLevel[], holds: (level: CurveLevel) => boolean) {
  const level = levels.find(holds);
  return level === undefined ? null : { atVus: level.vus, cause };
}

/** The longest part at the end that is flat; null where none is. */
function flatPart(levels: readonly CurveLevel[]): FlatPart | null {
  const { flatSlope, flatSpan, flatEntryShare } = THRESHOLDS.shape;
  for (const [at, from] of levels.entries()) {
    const part = levels.slice(at);
    if ((part.at(-1)?.vus ?? 0) < flatSpan * from.vus) return null;
    const meanPerSec = part.reduce((sum, { ratePerSec }) => sum + ratePerSec, 0) / part.length;
    if (logSlope(part) < flatSlope && from.ratePerSec >= flatEntryShare * meanPerSec) {
      return { from, levels: part, meanPerSec };
    }
  }
  return null;
}

/** d ln X / d ln N by least squares. */
function logSlope(levels: readonly CurveLevel[]): number {
  const points = levels.map(({ vus, ratePerSec }) => ({ x: Math.log(vus), y: Math.log(ratePerSec) }));
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  return mean(({ x, y }) => (x - meanX) * (y - meanY)) / mean(({ x }) => (x - meanX) ** 2);
}

/** Of the level whose gateway used the most CPU; null where CPU isn't used up, or isn't known. */
function busiest(levels: readonly CurveLevel[], cpus: number | null): BusyCpu | null {
  const found = levels.map((level) => busyCpu(level, cpus)).filter((busy) => busy !== null);
  return found.toSorted((a, b) => b.cpuPercent - a.cpuPercent)[0] ?? null;
}

/**
 * Whether a level's CPU is used up: all of the gateway's CPUs, or those of as many threads as it has processes. One
 * process with many busy threads is not at its limit before all CPUs are.
 */
export function busyCpu({ cpuPercent, processes }: CurveLevel, cpus: number | null): BusyCpu | null {
  const { busyShare, oneThreadMaxPercent } = THRESHOLDS.shape;
  if (cpuPercent === null) return null;
  if (cpus !== null && cpuPercent >= busyShare * cpus * 100) return { kind: 'all-cpus', cpus, cpuPercent };
  // One of several processes may be a master that does no work.
  const threads = [1, (processes ?? 1) - 1, processes ?? 1].find((count) => {
    const percent = cpuPercent / count;
    return percent >= busyShare * 100 && percent <= oneThreadMaxPercent;
  });
  return threads === undefined ? null : { kind: 'one-thread', threads, cpuPercent };
}
