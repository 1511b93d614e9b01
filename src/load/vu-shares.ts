/**
 * How many VUs each worker process drives: as few workers as serve, never more than allowed, shares as even as can be.
 * @param mostWorkers at least 1 is taken
 * @param vusPerWorker what a worker of the engine drives without measuring its own event loop
 * @returns one count a worker, at least 1 each, summing up to `vus`
 */
export function vuShares(vus: number, mostWorkers: number, vusPerWorker: number): number[] {
  const workers = Math.min(Math.max(mostWorkers, 1), Math.max(1, Math.ceil(vus / vusPerWorker)));
  const smaller = Math.floor(vus / workers);
  const larger = vus % workers;
  return Array.from({ length: workers }, (_, index) => smaller + (index < larger ? 1 : 0));
}
