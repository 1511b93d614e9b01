import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { compiledProgram } from '../../lib/paths.js';
import type { Engine } from '../engine.js';
import { vuShares } from '../workers/vus.js';
import { unbuilt } from '../workers/worker-process.js';
import { startWorkers } from '../workers/worker-run.js';

const WORKER_PROGRAM = compiledProgram('src/load/autocannon/worker');

/** Its client takes a core for about 1,000 connections at 60 ms; more than this on one would measure its event loop (ours). */
const VUS_PER_WORKER = 250;

export interface AutocannonOptions {
  cores?: number;
  vusPerWorker?: number;
}

/** The engine on autocannon's HTTP client: with VUs shared among worker processes; request accounting and statistics are gatebench's. */
export function autocannonEngine(options: AutocannonOptions = {}): Engine {
  const { cores = availableParallelism(), vusPerWorker = VUS_PER_WORKER } = options;
  return {
    name: 'autocannon',
    version: installedVersion(),
    unavailable: async () => unbuilt(WORKER_PROGRAM),
    start: (spec, onProgress) =>
      startWorkers(WORKER_PROGRAM, spec, vuShares(spec.vus, cores, vusPerWorker), onProgress),
  };
}

function installedVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('autocannon/package.json');
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('autocannon has no version in its package.json');
}
