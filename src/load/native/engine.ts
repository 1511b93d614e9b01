import { availableParallelism } from 'node:os';
import { compiledProgram, PACKAGE_ROOT, packageVersion } from '../../lib/paths.js';
import type { Engine, LoadSpec } from '../engine.js';
import { vuShares } from '../workers/vus.js';
import { unbuilt } from '../workers/worker-process.js';
import { startWorkers } from '../workers/worker-run.js';
import { preparedRequest } from './request-bytes.js';

const WORKER_PROGRAM = compiledProgram('src/load/native/worker');

/**
 * At 60 ms a thousand VUs take a worker about a fifth of a core, so that responses rarely wait for each other. Fewer,
 * larger workers cost less than many: each wake-up serves more responses (ours, measured).
 */
const VUS_PER_WORKER = 1000;

/** At 60 ms as many requests a second as so many VUs make at most: 1,000 VUs are 16,700 (ours). */
const RATE_PER_VU = 16;

export interface NativeOptions {
  cores?: number;
  vusPerWorker?: number;
}

/** The harness's own engine: sockets, an HTTP parser and request accounting made for this alone. */
export function nativeEngine(options: NativeOptions = {}): Engine {
  const { cores = availableParallelism(), vusPerWorker = VUS_PER_WORKER } = options;
  // At most half of the cores: the rest belongs to the gateway and the mock.
  const maxWorkers = Math.max(1, Math.floor(cores / 2));
  return {
    name: 'native',
    version: packageVersion(PACKAGE_ROOT),
    mixes: true,
    tls: true,
    refusal: () => null,
    unavailable: async () => unbuilt(WORKER_PROGRAM),
    start: async (spec, onProgress) => {
      // Refused here, where it can be told, and not in every worker.
      preparedRequest(spec);
      return startWorkers(WORKER_PROGRAM, spec, sharesOf(spec, maxWorkers, vusPerWorker), onProgress);
    },
  };
}

/** The VUs of each worker; of an open loop, what it has in flight at most. */
function sharesOf({ vus, arrivals, stages }: LoadSpec, maxWorkers: number, vusPerWorker: number): number[] {
  if (arrivals === undefined) return vuShares(vus, maxWorkers, vusPerWorker);
  const rate = Math.max(arrivals.ratePerSec, ...(stages ?? []).flatMap(({ from, to }) => [from, to]));
  const workers = Math.min(maxWorkers, Math.ceil(rate / RATE_PER_VU / vusPerWorker), arrivals.maxInFlight);
  return vuShares(arrivals.maxInFlight, workers, arrivals.maxInFlight / workers);
}
