/** Over how long VUs come in: a second, as long as that leaves half of the warm-up for all of them together. */
const SPREAD_S = 1;

/**
 * When a VU sends its first request. A fixed upstream latency would keep VUs that begin together in step for ever:
 * every answer of a round then comes in one burst, and its last ones wait for the first ones in the load worker.
 * @param index of the VU in its worker, from 0
 * @returns milliseconds after the load's begin; 0 where there is no warm-up to come in during
 */
export function startDelayMs(index: number, vus: number, warmupS: number): number {
  return (Math.min(SPREAD_S, warmupS / 2) * 1000 * index) / vus;
}
