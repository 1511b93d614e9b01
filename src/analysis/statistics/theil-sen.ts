import { normalQuantile } from './distributions.js';
import { LEVEL } from './interval.js';

/** A straight line's slope with its interval, both in units of y per unit of x. */
export interface Slope {
  slope: number;
  low: number;
  high: number;
  /** Of the line through the medians: `y = intercept + slope * x`. */
  intercept: number;
  /** Points. */
  n: number;
  /** How many times the variance is that of independent points; 1 where they don't hang together. */
  autocorrelation: number;
}

export interface Point {
  x: number;
  y: number;
}

/** Fewer say nothing of how points hang together, nor of a slope's interval. */
const MIN_POINTS = 8;
/** A higher one is no process that can be told from a trend. */
const MAX_CORRELATION = 0.95;
/** Of a standard normal: correlations below `1.96 / sqrt(n)` are those of independent points. */
const SIGNIFICANT = 1.959964;

/**
 * The slope of Theil (1950) and Sen (1968): the median of the slopes between all pairs of points. A few points that are far off don't move it.
 * Its interval inverts Kendall's test: with `N` pairs and `C = z * sqrt(V)`, from the `(N - C) / 2`-th to the `(N + C) / 2 + 1`-th of their slopes,
 * where `V = n (n - 1) (2n + 5) / 18` for independent points.
 *
 * A process's memory now is much as it was a second ago. What hangs together tells less, so V is multiplied as Hamed and Rao (1998) do for Kendall's test,
 * by the rank correlations `r(k)` of what is left of the points without their trend:
 * `1 + 2 / (n (n - 1) (n - 2)) * sum (n - k) (n - k - 1) (n - k - 2) r(k)`. Only correlations from the first lag up to the first that isn't significant count, and it is never below 1; see {@link inflation}.
 * @param points x ascending, all different
 * @returns null for fewer than 8 points
 */
export function theilSen(points: readonly Point[], level = LEVEL): Slope | null {
  const n = points.length;
  if (n < MIN_POINTS) return null;
  const slopes: number[] = [];
  for (const [at, a] of points.entries()) {
    for (const b of points.slice(at + 1)) slopes.push((b.y - a.y) / (b.x - a.x));
  }
  slopes.sort((a, b) => a - b);
  const slope = middle(slopes);
  const residuals = points.map(({ x, y }) => y - slope * x);
  const factor = inflation(ranks(residuals));
  const reach = normalQuantile((1 + level) / 2) * Math.sqrt((factor * n * (n - 1) * (2 * n + 5)) / 18);
  const pairs = slopes.length;
  const rank = (position: number) => slopes[Math.min(pairs, Math.max(1, position)) - 1] ?? slope;
  return {
    slope,
    low: rank(Math.floor((pairs - reach) / 2)),
    high: rank(Math.ceil((pairs + reach) / 2) + 1),
    intercept: middle(residuals.toSorted((a, b) => a - b)),
    n,
    autocorrelation: factor,
  };
}

function middle(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}

/** From 1; equal values share the mean of their ranks. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((value, at) => ({ value, at })).sort((a, b) => a.value - b.value);
  const result = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (order[to + 1]?.value === order[from]?.value) to += 1;
    for (let each = from; each <= to; each++) result[order[each]?.at ?? 0] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return result;
}

/**
 * How many times the variance of a slope is that of independent values. Hamed and Rao's sum is too small for few values: a correlation after a
 * trend was taken out is estimated too low, by about `(2 + 4 r) / n` (Marriott and Pope 1954). So it is at least `(1 + r) / (1 - r)` with the first correlation put right, which is
 * what a first-order process has.
 */
function inflation(values: readonly number[]): number {
  const n = values.length;
  const mean = (n + 1) / 2;
  const deviations = values.map((value) => value - mean);
  const square = deviations.reduce((sum, value) => sum + value * value, 0);
  if (square === 0) return 1;
  const correlation = (lag: number) => {
    let product = 0;
    for (let at = lag; at < n; at++) product += (deviations[at] ?? 0) * (deviations[at - lag] ?? 0);
    return product / square;
  };
  // Smaller ones are noise, whose sum would be as large as what counts.
  const isSignificant = (r: number) => Math.abs(r) >= SIGNIFICANT / Math.sqrt(n);
  const first = correlation(1);
  if (!isSignificant(first)) return 1;
  let sum = 0;
  for (let lag = 1; lag < n / 2; lag++) {
    const r = correlation(lag);
    if (!isSignificant(r)) break;
    sum += (n - lag) * (n - lag - 1) * (n - lag - 2) * r;
  }
  const corrected = Math.min(MAX_CORRELATION, first + (2 + 4 * first) / n);
  return Math.max(1, 1 + (2 * sum) / (n * (n - 1) * (n - 2)), (1 + corrected) / (1 - corrected));
}
