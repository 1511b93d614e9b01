import { formatDecimal } from '../lib/format.js';
import type { Machine } from '../model/run.js';

/** One line on the machine, as far as it could be read. */
export function formatMachine(machine: Machine): string {
  return [
    `${machine.cores} × ${machine.cpuModel ?? 'unknown CPU'}${machine.threadsPerCore === null ? '' : ` (${machine.threadsPerCore} threads a core)`}`,
    `${formatDecimal(machine.memoryBytes / 2 ** 30, 1)} GiB memory`,
    `${machine.os}, kernel ${machine.kernel}, ${machine.architecture}`,
    ...(machine.virtualisation === null ? [] : [`virtualised: ${machine.virtualisation}`]),
  ].join('; ');
}
