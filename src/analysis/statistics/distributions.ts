import { bdtr, compiled, fdtrc, ndtri, stdtr, stdtri } from 'cephes';

// The one place that knows the library: Cephes (Moshier 1989), compiled to WebAssembly.
await compiled;

/** By degrees of freedom, then by p: the few that are asked for, each of them thousands of times by simulations. */
const quantiles = new Map<number, Map<number, number>>();

/**
 * Quantile of Student's t.
 * @param p in (0, 1)
 * @param df degrees of freedom, whole, at least 1
 */
export function tQuantile(p: number, df: number): number {
  let byP = quantiles.get(df);
  if (byP === undefined) {
    byP = new Map();
    quantiles.set(df, byP);
  }
  let quantile = byP.get(p);
  if (quantile === undefined) {
    quantile = stdtri(df, p);
    byP.set(p, quantile);
  }
  return quantile;
}

/**
 * P(T <= t) for Student's t.
 * @param df degrees of freedom, whole, at least 1
 */
export function tCdf(t: number, df: number): number {
  return stdtr(df, t);
}

/** Quantile of the standard normal distribution. @param p in (0, 1) */
export function normalQuantile(p: number): number {
  return ndtri(p);
}

/**
 * P(X <= k) for the number of successes in `n` trials.
 * @param k whole; any, also below 0 and above n
 * @param q probability of success, in (0, 1)
 */
export function binomialCdf(k: number, n: number, q: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : bdtr(k, n, q);
}

/** How many standard errors an interval reaches to either side: 2.776 for 95 % and 4 degrees of freedom. */
export function tCritical(level: number, df: number): number {
  return tQuantile((1 + level) / 2, df);
}

/** P(|T| >= |t|): how rare so large a value is, either way, where nothing differs. */
export function twoSidedP(t: number, df: number): number {
  return 2 * tCdf(-Math.abs(t), df);
}

/** P(F >= f) for Fisher's F, f at least 0. @param dfTop @param dfBottom degrees of freedom, whole, at least 1 */
export function fUpperTail(f: number, dfTop: number, dfBottom: number): number {
  return fdtrc(dfTop, dfBottom, f);
}
