import { constants } from 'node:os';
import type { ContainerState } from './container-engine.js';
import type { GatewayExit } from './gateway-driver.js';

/** A program that a signal ended has the exit code 128 + signal, for shells and container engines alike. */
const SIGNALLED = 128;

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/**
 * How a container's end reads as that of a process. Engines tell an exit code only: one that stands for a signal is
 * taken for one, and the code is kept as evidence.
 */
export function exitOf(engine: string, state: ContainerState): GatewayExit {
  const signal = SIGNALS.get(state.ExitCode - SIGNALLED) ?? null;
  const evidence = [
    // Before all else: it is the one thing that the exit code hides.
    ...(state.OOMKilled ? ['out of memory: the kernel killed a process of the container (OOMKilled)'] : []),
    ...(signal === null ? [] : [`${engine} tells exit code ${state.ExitCode}`]),
    ...(state.Error === '' ? [] : [`${engine} says: ${state.Error}`]),
  ];
  return {
    exitCode: signal === null ? state.ExitCode : null,
    signal,
    ...(evidence.length === 0 ? {} : { evidence: evidence.join('; ') }),
  };
}
