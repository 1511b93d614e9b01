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
  { remoteLoad, upstreamHost, attached }: Pick<RunRequest, 'remoteLoad' | 'upstreamHost'> & { attached: boolean },
): Placement {
  if (attached) {
    const reason = 'the gateway runs already, on CPUs of its own choice';
    if (request === 'auto' || request === 'off') return { kind: 'off', reason };
    throw new UsageError(`--pin ${request} is not possible: ${reason}`, 'leave it out');
  }
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
  const topology = readTopology();
  const request = `load=${placement.load},gateway=${placement.gateway}`;
  const choice =
    topology !== null && canPin() ? choosePlacement(request, topology) : { problem: 'nothing can be pinned' };
  if ('problem' in choice) {
    // It is resumed on another machine, or on one that has shrunk.
    throw new UsageError(
      `the run was planned for other CPUs than this machine has: ${choice.problem}`,
      'resume it on the machine that it was planned on, or start another run',
    );
  }
  await pinThisProcess(placement.load);
}
