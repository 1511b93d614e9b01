import { availableParallelism } from 'node:os';
import { compiledProgram, PACKAGE_ROOT, packageVersion } from '../../lib/paths.js';
import type { Engine } from '../engine.js';
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
    unavailable: async () => unbuilt(WORKER_PROGRAM),
    start: async (spec, onProgress) => {
      // Refused here, where it can be told, and not in every worker.
      preparedRequest(spec);
      return startWorkers(WORKER_PROGRAM, spec, vuShares(spec.vus, maxWorkers, vusPerWorker), onProgress);
    },
  };
}
