import type { DerivedCell } from '../../analysis/derive-run.js';
import { driverFor } from '../../gateway/drivers.js';
import { makeRunCertificate } from '../../lib/run-certificate.js';
import { workFolder } from '../../lib/temporary-folder.js';
import type { OnRunEvent } from '../../run/cell-context.js';
import { runPlan } from '../../run/run-plan.js';
import { processCalibrator } from '../../sampling/calibration/process-calibrator.js';
import { procSampler } from '../../sampling/proc-sampler.js';
import { requireLoadPriority } from './load-priority.js';
import { takePlacement } from './placement.js';
import { connectionsOf } from './plan-capacity.js';
import type { ReadyRun } from './start-run.js';

/** One process answered 5,000 VUs at 60 ms, 38,700 requests a second; well before that it would be late. */
const VUS_PER_MOCK_PROCESS = 3_000;

/**
 * Measure every cell of a run that has no result yet.
 * @returns all records, in the plan's order, with what compares them
 */
export async function executeRun(
  { plan, folder }: ReadyRun,
  {
    mockPort,
    retryInvalid,
    signal,
    onEvent,
  }: { mockPort: number; retryInvalid: number; signal: AbortSignal; onEvent: OnRunEvent },
): Promise<DerivedCell[]> {
  const { scenario, placement, loadPriority, runtime, seed, capacity, flame, remoteLoad, attached } = plan;
  const mockListen = attached?.mockListen ?? null;
  // Before anything is started: child processes inherit this process's CPUs.
  await takePlacement(placement);
  await requireLoadPriority(loadPriority);
  const made = scenario.tls === undefined ? null : await makeRunCertificate();
  return runPlan(
    { folder, gateways: plan.installed, retryInvalid, signal, onEvent },
    {
      engine: plan.engine,
      gatewayDriver: driverFor(runtime),
      mockDriver: plan.upstream,
      sampler: procSampler,
      calibrator: plan.calibration ? processCalibrator : null,
      mock: {
        port: mockPort,
        processes: Math.ceil(connectionsOf(scenario, capacity?.max) / VUS_PER_MOCK_PROCESS),
        seed,
        realtime: loadPriority.kind === 'realtime',
        ...(mockListen === null ? {} : { listen: mockListen }),
      },
      replayed: plan.replayed,
      // Whoever can reach this machine can send requests then, as long as the run lasts.
      ...(remoteLoad === null ? {} : { listen: '0.0.0.0' }),
      profiling: flame === null ? null : { profilers: plan.profilers, rateHz: flame.rateHz },
      gatewayCpus: placement.kind === 'pinned' ? placement.gateway : null,
      workDir: workFolder,
      certificate: made?.certificate ?? null,
    },
  ).finally(() => made?.remove());
}
