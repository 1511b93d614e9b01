import { canPin, pinThisProcess, readTopology } from '../../gateway/placement.js';
import { UsageError } from '../../lib/errors.js';
import type { Placement } from '../../model/run.js';
import { choosePlacement } from '../../plan/placement.js';
import type { RunRequest } from './run-request.js';

/**
 * Resolve `--pin` on this machine. What runs on other hosts needs no CPUs here.
 * @throws UsageError for CPUs that can't be had
 */
export function placementFor(
  request: string,
  { remoteLoad, upstreamHost }: Pick<RunRequest, 'remoteLoad' | 'upstreamHost'>,
): Placement {
  if (request === 'auto' && remoteLoad !== null && upstreamHost !== null) {
    return { kind: 'off', reason: 'load engine and mock run on other hosts, so this machine is the gateway’s' };
  }
  const topology = readTopology();
  if (topology !== null && canPin()) {
    const choice = choosePlacement(request, topology);
    if ('placement' in choice) return choice.placement;
    throw new UsageError(choice.problem, 'correct --pin, or leave it out');
  }
  const reason = topology === null ? 'the CPUs of this machine can’t be read' : 'taskset (util-linux) is not installed';
  if (request === 'off' || request === 'auto') return { kind: 'off', reason };
  throw new UsageError(`--pin ${request} is not possible: ${reason}`, 'leave it out, or install util-linux');
}

/** Pin this process, and so all it will start, to the run's CPUs. @throws UsageError if this machine lacks them */
export async function takePlacement(placement: Placement): Promise<void> {
  if (placement.kind === 'off') return;
  // A run may be resumed on another machine, or on one that has shrunk.
  placementFor(`load=${placement.load},gateway=${placement.gateway}`, { remoteLoad: null, upstreamHost: null });
  await pinThisProcess(placement.load);
}
