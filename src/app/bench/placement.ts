import { canPin, pinThisProcess, readTopology } from '../../gateway/placement.js';
import { UsageError } from '../../lib/errors.js';
import type { Placement } from '../../model/run.js';
import { choosePlacement } from '../../plan/placement.js';
import type { OtherHosts } from './other-hosts.js';

/**
 * What `--pin` comes to on this machine.
 * @param hosts what runs elsewhere needs no CPUs here
 * @throws UsageError for CPUs that can't be had
 */
export function placementFor(request: string, { k6Hosts, upstreamHost }: OtherHosts = {}): Placement {
  if (request === 'auto' && k6Hosts !== undefined && upstreamHost !== undefined) {
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

/** Put this process, and so all it will start, where the run wants it. @throws UsageError where that is not possible here */
export async function takePlacement(placement: Placement): Promise<void> {
  if (placement.kind === 'off') return;
  // A run that is gone on with elsewhere, or on a machine that has shrunk.
  placementFor(`load=${placement.load},gateway=${placement.gateway}`);
  await pinThisProcess(placement.load);
}
