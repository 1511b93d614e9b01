import { listOwnContainers, probeEngine } from '../../gateway/container-engine.js';
import { ContainerEngineName } from '../../model/runtime.js';
import type { Check } from './check.js';

/** Whether a container engine answers, and whether a run that ended badly left a container behind. */
export async function containerChecks(): Promise<Check[]> {
  return (await Promise.all(ContainerEngineName.options.map(engineChecks))).flat();
}

async function engineChecks(engine: ContainerEngineName): Promise<Check[]> {
  const subject = `containers: ${engine}`;
  const state = await probeEngine(engine);
  // Nothing needs one but a run that asks for it.
  if (!state.available) {
    return [{ subject, verdict: 'ok', message: `${state.reason}; only needed for --runtime ${engine}` }];
  }
  const left = await listOwnContainers(engine);
  if (left.length === 0) return [{ subject, verdict: 'ok', message: `${state.version} answers` }];
  return [
    {
      subject,
      verdict: 'warn',
      message: `${state.version} answers; containers of gatebench are there: ${left.join(', ')}`,
      hint: `unless a run is going on: ${engine} rm --force ${left.join(' ')}`,
    },
  ];
}
