import { tCritical } from './statistics/distributions.js';
import { LEVEL } from './statistics/interval.js';
import { THRESHOLDS } from './thresholds.js';

/** A value with its 95 % interval. Infinite where the data set no bound. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** Gunther's Universal Scalability Law, fitted: X(N) = gamma N / (1 + alpha (N - 1) + beta N (N - 1)). */
export interface UslFit {
  /** Requests a second of one VU. */
  gamma: Estimate;
  /** Contention: the share of the work that is done one after another. */
  alpha: Estimate;
  /** Coherency: the cost of every pair of VUs. */
  beta: Estimate;
  /** VUs at which linear growth would meet the asymptote: 1 / alpha. */
  knee: Estimate;
  /** Requests a second that would be approached without coherency: gamma / alpha. */
  asymptote: Estimate;
  /** VUs with the highest rate, sqrt((1 - alpha) / beta); infinite where beta is 0. */
  peak: Estimate;
  /** Standard deviation of the rates around the curve, as a share of it. */
  residualShare: number;
  /** The curve with its 95 % band. */
  rateAt(vus: number): Estimate;
}

export interface RatePoint {
  vus: number;
  ratePerSec: number;
}

/** Of the response time, which is linear: N / X = c0 + c1 (N - 1) + c2 N (N - 1). */
type Coefficients = readonly [number, number, number];
type Matrix = readonly [Coefficients, Coefficients, Coefficients];

const REWEIGHTINGS = 8;

/**
 * Fit the law by least squares of relative errors, with alpha and beta at least 0. In the response time N / X it is linear,
 * so each step has one solution, and only the weights are iterated; several repeats of a level are several points.
 *
 * Intervals are of the unbounded fit with Student's t and n - 3 degrees of freedom: directly where a figure is linear in the
 * coefficients or the inverse of such, by Fieller's theorem where it is a ratio of two of them. What is below 0 is cut off,
 * and the bounded estimate is always inside. Coverage is simulated in the tests.
 * @returns null with fewer than six different levels, where the law says little
 */
export function fitUsl(points: readonly RatePoint[]): UslFit | null {
  const usable = points.filter(({ ratePerSec }) => ratePerSec > 0);
  if (new Set(usable.map(({ vus }) => vus)).size < THRESHOLDS.shape.minUslLevels) return null;
  const fit = solve(usable.map(({ vus, ratePerSec }) => ({ terms: termsOf(vus), y: vus / ratePerSec })));
  if (fit === null) return null;
  const { bounded, residualShare } = fit;
  const alpha = containing(bounded[1] / bounded[0], ratio(fit, [0, 1, 0], [1, 0, 0]));
  const beta = containing(bounded[2] / bounded[0], ratio(fit, [0, 0, 1], [1, 0, 0]));
  const perVu = containing(bounded[1], linear(fit, [0, 1, 0]));
  // Of 1 / peak^2.
  const bend = containing(bounded[2] / (bounded[0] - bounded[1]), ratio(fit, [0, 0, 1], [1, -1, 0]));
  return {
    gamma: mapped(containing(bounded[0], linear(fit, [1, 0, 0])), (c0) => 1 / c0),
    alpha,
    beta,
    knee: mapped(alpha, (value) => 1 / value),
    asymptote: mapped(perVu, (c1) => 1 / c1),
    peak: mapped(bend, (value) => 1 / Math.sqrt(value)),
    residualShare,
    rateAt: (vus) =>
      mapped(containing(dot(bounded, termsOf(vus)), linear(fit, termsOf(vus))), (responseS) => vus / responseS),
  };
}

/** Of a figure that falls where its argument grows. */
function mapped({ value, low, high }: Estimate, of: (value: number) => number): Estimate {
  return { value: of(value), low: of(high), high: of(low) };
}

/** From 0, and wide enough for the bounded estimate. */
function containing(value: number, { low, high }: Bounds): Estimate {
  return { value, low: Math.max(0, Math.min(low, value)), high: Math.max(high, value) };
}

interface Bounds {
  low: number;
  high: number;
}

interface Fit {
  /** The unbounded solution. */
  free: Coefficients;
  /** The nearest with all coefficients at least 0. */
  bounded: Coefficients;
  /** Of the unbounded solution. */
  covariance: Matrix;
  residualShare: number;
  /** How many standard errors the interval reaches to either side. */
  t: number;
}

function linear({ free, covariance, t }: Fit, a: Coefficients): Bounds {
  const half = t * Math.sqrt(product(a, covariance, a));
  return { low: dot(free, a) - half, high: dot(free, a) + half };
}

/** Fieller's theorem: all r for which a'c - r b'c may be 0. */
function ratio({ free, covariance, t }: Fit, a: Coefficients, b: Coefficients): Bounds {
  const [p, q] = [dot(free, a), dot(free, b)];
  const square = q ** 2 - t ** 2 * product(b, covariance, b);
  const mixed = p * q - t ** 2 * product(a, covariance, b);
  const constant = p ** 2 - t ** 2 * product(a, covariance, a);
  const inside = mixed ** 2 - square * constant;
  // The denominator may be 0: the data set no bounds.
  if (square <= 0 || inside < 0) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { low: (mixed - Math.sqrt(inside)) / square, high: (mixed + Math.sqrt(inside)) / square };
}

const termsOf = (vus: number): Coefficients => [1, vus - 1, vus * (vus - 1)];

interface Row {
  terms: Coefficients;
  y: number;
}

function solve(rows: readonly Row[]): Fit | null {
  let fitted = rows.map(({ y }) => y);
  for (let round = 0; ; round++) {
    const information = weightedProducts(rows, fitted);
    const inverted = inverse(information);
    if (inverted === null) return null;
    const right = rows.reduce<Coefficients>(
      (sum, { terms, y }, at) => plus(sum, terms, y / (fitted[at] ?? y) ** 2),
      [0, 0, 0],
    );
    const free: Coefficients = [dot(inverted[0], right), dot(inverted[1], right), dot(inverted[2], right)];
    const bounded = nearestAllowed(free, information);
    if (bounded === null) return null;
    if (round === REWEIGHTINGS) {
      // Of the unbounded fit: bounds that hold the truth off would count as noise.
      const squares = rows.map(({ terms, y }, at) => ((y - dot(free, terms)) / (fitted[at] ?? y)) ** 2);
      const freedom = rows.length - 3;
      const variance = squares.reduce((sum, square) => sum + square, 0) / freedom;
      const covariance: Matrix = [
        scaled(inverted[0], variance),
        scaled(inverted[1], variance),
        scaled(inverted[2], variance),
      ];
      return { free, bounded, covariance, residualShare: Math.sqrt(variance), t: tCritical(LEVEL, freedom) };
    }
    fitted = rows.map(({ terms }) => dot(bounded, terms));
  }
}

function weightedProducts(rows: readonly Row[], fitted: readonly number[]): Matrix {
  const line = (of: 0 | 1 | 2): Coefficients =>
    rows.reduce<Coefficients>(
      (sum, { terms, y }, at) => plus(sum, terms, terms[of] / (fitted[at] ?? y) ** 2),
      [0, 0, 0],
    );
  return [line(0), line(1), line(2)];
}

/**
 * The nearest coefficients with c1 and c2 at least 0, in the metric of the fit: what the bounded fit would have been.
 * @returns null where not even the first is positive
 */
function nearestAllowed(free: Coefficients, metric: Matrix): Coefficients | null {
  let best: { coefficients: Coefficients; distance: number } | null = null;
  for (const zeros of [[], [1], [2], [1, 2]] as const) {
    const coefficients = conditional(free, metric, zeros);
    if (coefficients[0] <= 0 || coefficients[1] < 0 || coefficients[2] < 0) continue;
    const moved: Coefficients = plus(coefficients, free, -1);
    const distance = product(moved, metric, moved);
    if (best === null || distance < best.distance) best = { coefficients, distance };
  }
  return best?.coefficients ?? null;
}

/** The least distance from `free` with some coefficients held at 0. */
function conditional(free: Coefficients, metric: Matrix, zeros: readonly number[]): Coefficients {
  const [f0, f1, f2] = free;
  const [[m00, m01, m02], [, m11, m12], [, , m22]] = metric;
  switch (zeros.join()) {
    case '':
      return free;
    case '1':
      return [
        f0 + (f1 * (m01 * m22 - m12 * m02)) / (m00 * m22 - m02 ** 2),
        0,
        f2 + (f1 * (m12 * m00 - m01 * m02)) / (m00 * m22 - m02 ** 2),
      ];
    case '2':
      return [
        f0 + (f2 * (m02 * m11 - m12 * m01)) / (m00 * m11 - m01 ** 2),
        f1 + (f2 * (m12 * m00 - m02 * m01)) / (m00 * m11 - m01 ** 2),
        0,
      ];
    default:
      return [f0 + (f1 * m01 + f2 * m02) / m00, 0, 0];
  }
}

function dot(a: Coefficients, b: Coefficients): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function product(a: Coefficients, matrix: Matrix, b: Coefficients): number {
  return dot(a, [dot(matrix[0], b), dot(matrix[1], b), dot(matrix[2], b)]);
}

function scaled([a, b, c]: Coefficients, by: number): Coefficients {
  return [a * by, b * by, c * by];
}

function plus(a: Coefficients, b: Coefficients, times: number): Coefficients {
  return [a[0] + times * b[0], a[1] + times * b[1], a[2] + times * b[2]];
}

/** Of a symmetric matrix; null where it is singular. */
function inverse([[a, b, c], [, d, e], [, , f]]: Matrix): Matrix | null {
  // Scaled to a diagonal of ones first: the coefficients differ by six orders of magnitude.
  const [sa, sd, sf] = [Math.sqrt(a), Math.sqrt(d), Math.sqrt(f)];
  const [x, y, z] = [b / (sa * sd), c / (sa * sf), e / (sd * sf)];
  const determinant = 1 + 2 * x * y * z - x * x - y * y - z * z;
  if (!(determinant > 1e-12)) return null;
  const by = (value: number, scale: number) => value / determinant / scale;
  const m01 = by(y * z - x, sa * sd);
  const m02 = by(x * z - y, sa * sf);
  const m12 = by(x * y - z, sd * sf);
  return [
    [by(1 - z * z, a), m01, m02],
    [m01, by(1 - y * y, d), m12],
    [m02, m12, by(1 - x * x, f)],
  ];
}
