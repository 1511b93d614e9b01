// The package has types, and its `exports` hide them. These are the functions that distributions.ts uses.
declare module 'cephes' {
  /** Resolves once the WebAssembly is compiled; until then, the functions can't be called. */
  export const compiled: Promise<void>;
  /** P(T <= t). @param k degrees of freedom, whole */
  export function stdtr(k: number, t: number): number;
  /** The inverse of {@link stdtr}. */
  export function stdtri(k: number, p: number): number;
  /** P(at most k successes of n). */
  export function bdtr(k: number, n: number, p: number): number;
  /** P(F > x). @param a @param b degrees of freedom, whole */
  export function fdtrc(a: number, b: number, x: number): number;
  /** Quantile of the standard normal distribution. */
  export function ndtri(p: number): number;
}
