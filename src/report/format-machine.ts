import { formatDecimal } from '../lib/format.js';
import type { Machine } from '../model/run.js';

/**
 * What a machine's absolute figures hang on, in a few words: they are those of this class at best, and never compare with
 * another machine's.
 */
export function formatMachineClass({ cores, cpuModel, virtualisation, kernel }: Machine): string {
  const kind = virtualisation === null ? '' : `, ${virtualisation}`;
  return `${cores} × ${cpuModel ?? 'unknown CPU'}${kind}, kernel ${kernel}`;
}

/** Said above every table of absolute figures. */
export function machineRemark(machine: Machine): string {
  return (
    `Measured on ${formatMachineClass(machine)}. Absolute figures of two machines don't compare, not even of one class: ` +
    'only those of one run do.'
  );
}

/** One line on the machine, as far as it could be read. */
export function formatMachine(machine: Machine): string {
  return [
    `${machine.cores} × ${machine.cpuModel ?? 'unknown CPU'}${machine.threadsPerCore === null ? '' : ` (${machine.threadsPerCore} threads a core)`}`,
    `${formatDecimal(machine.memoryBytes / 2 ** 30, 1)} GiB memory`,
    `${machine.os}, kernel ${machine.kernel}, ${machine.architecture}`,
    ...(machine.virtualisation === null ? [] : [`virtualised: ${machine.virtualisation}`]),
  ].join('; ');
}
