import { binomialCdf, tCritical } from '../statistics/distributions.js';
import { LEVEL } from '../statistics/interval.js';
import { nominalLevel } from '../statistics/sequential.js';
import { THRESHOLDS } from '../thresholds.js';

/** What one window says of one objective at its level. */
export type Window = MeasuredWindow | BrokenWindow;

interface MeasuredWindow {
  kind: 'measured';
  /** VUs. */
  level: number;
  /** `ln(latency / allowed)` of the latency that is nearest to its limit, or farthest beyond it: at most 0 passes. Null without a limit on latency. */
  excess: number | null;
  /** A limit is missed only because the gateway stopped for a while: see stalls.ts. */
  stalled: boolean;
  /** With a limit on errors, the window's requests; else null. */
  errors: { failed: number; completions: number; limitShare: number } | null;
}

/** A window that keeps no objective: a crash, or nothing but failures. One is enough for a level to fail. */
interface BrokenWindow {
  kind: 'broken';
  level: number;
  reason: string;
}

/**
 * How a level stands. `pass` and `fail` are decided, with the chance of an error that {@link levelState} says; `unsure` is nearer to the
 * limit than all windows it may have can tell; the others lean one way, and need more windows.
 */
export type Status = 'pass' | 'fail' | 'unsure' | 'leans-pass' | 'leans-fail';

export interface LevelState {
  level: number;
  status: Status;
  windows: number;
  /** Why it failed without a limit being reached, of the first such window. */
  broken: string | null;
  /** Windows in which the gateway stopped for a while. */
  stalls: number;
}

/** How many windows a level gets. */
export interface Repeats {
  minRepeats: number;
  maxRepeats: number;
}

/**
 * Decide whether a level keeps an objective. The mean of `ln(latency / allowed)` over its windows gets Student's t interval,
 * of the level at which all looks from the first to the last together cover 95 % (Pocock's boundary, as for `--until`): a level that is
 * above its limit is decided to pass in at most 2.5 % of cases, and the other way round. A level that its last window most likely won't
 * decide gets none of those in between (stopping for futility): that can make no decision wrong, and leaves windows to levels that can be told.
 * The first look that decides is the last one, as in any sequential test: windows that a level gets later, for another objective's sake, don't open it again.
 * Errors of all windows together fail a level once so many are rarer than 2.5 % at the limit's share.
 * @param windows of this level, in the order of time
 */
export function levelState(level: number, windows: readonly Window[], repeats: Repeats): LevelState {
  const broken = windows.find((window) => window.kind === 'broken');
  const measured = windows.filter((window) => window.kind === 'measured');
  const stalls = measured.filter(({ stalled }) => stalled).length;
  const base = { level, windows: windows.length, broken: broken?.reason ?? null, stalls };
  if (broken !== undefined) return { ...base, status: 'fail' };
  const statuses = [latencyStatus(measured, repeats), errorStatus(measured, repeats)];
  const order: Status[] = ['fail', 'leans-fail', 'unsure', 'leans-pass'];
  return { ...base, status: order.find((status) => statuses.includes(status)) ?? 'pass' };
}

function latencyStatus(windows: readonly MeasuredWindow[], repeats: Repeats): Status {
  const values = windows.flatMap(({ excess }) => excess ?? []);
  if (values.length === 0) return 'pass';
  const looks = values.slice(0, repeats.maxRepeats);
  for (let count = repeats.minRepeats; count <= looks.length; count++) {
    const decided = decidedBy(looks.slice(0, count), repeats);
    if (decided !== null) return decided;
  }
  const { mean, sd } = meanAndSpread(looks);
  if (looks.length >= repeats.minRepeats) {
    // How far the windows to come may still move the mean, within one standard deviation.
    const mayMove = sd * Math.sqrt(Math.max(0, 1 / looks.length - 1 / repeats.maxRepeats));
    if (Math.abs(mean) + mayMove <= halfWidth(sd, repeats.maxRepeats, repeats)) return 'unsure';
  }
  return mean <= 0 ? 'leans-pass' : 'leans-fail';
}

/** The verdict of one look; null without one. */
function decidedBy(values: readonly number[], repeats: Repeats): Status | null {
  const { mean, sd } = meanAndSpread(values);
  const half = halfWidth(sd, values.length, repeats);
  if (mean + half <= 0) return 'pass';
  return mean - half > 0 ? 'fail' : null;
}

/** Half of the interval after so many windows. */
function halfWidth(sd: number, count: number, { minRepeats, maxRepeats }: Repeats): number {
  return (tCritical(nominalLevel(LEVEL, minRepeats, maxRepeats), count - 1) * sd) / Math.sqrt(count);
}

function meanAndSpread(values: readonly number[]): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  // A few windows that happen to agree are no proof that the next one will.
  return { mean, sd: Math.max(Math.sqrt(variance), THRESHOLDS.capacity.minSpread) };
}

function errorStatus(windows: readonly MeasuredWindow[], { minRepeats, maxRepeats }: Repeats): Status {
  const counts = windows.flatMap(({ errors }) => errors ?? []);
  const limit = counts[0]?.limitShare;
  if (limit === undefined) return 'pass';
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  const completions = counts.reduce((sum, count) => sum + count.completions, 0);
  if (failed <= limit * completions) return counts.length < minRepeats ? 'leans-pass' : 'pass';
  const chanceAtLimit = 1 - binomialCdf(failed - 1, completions, limit);
  if (counts.length >= minRepeats && chanceAtLimit <= (1 - LEVEL) / 2) return 'fail';
  return counts.length >= maxRepeats ? 'unsure' : 'leans-fail';
}
