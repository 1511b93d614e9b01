/** A Node process drives a few hundred connections well; more on one would measure its own event loop (ours). */
export const VUS_PER_WORKER = 250;

/**
 * How many VUs each worker process drives: as few workers as serve, never more than cores, shares as even as can be.
 * @returns one count a worker, at least 1 each, summing up to `vus`
 */
export function vuShares(vus: number, cores: number, vusPerWorker = VUS_PER_WORKER): number[] {
  const workers = Math.min(Math.max(cores, 1), Math.max(1, Math.ceil(vus / vusPerWorker)));
  const smaller = Math.floor(vus / workers);
  const larger = vus % workers;
  return Array.from({ length: workers }, (_, index) => smaller + (index < larger ? 1 : 0));
}
