import { type EngineState, listOwnContainers, probeEngine } from '../../gateway/container-engine.js';
import { ContainerEngineName } from '../../model/runtime.js';
import type { Check } from './check.js';

/** A container engine, and the containers that earlier runs left behind in it. */
export interface ContainerEngineFacts {
  engine: ContainerEngineName;
  state: EngineState;
  left: string[];
}

export function readContainerEngines(): Promise<ContainerEngineFacts[]> {
  return Promise.all(
    ContainerEngineName.options.map(async (engine) => {
      const state = await probeEngine(engine);
      return { engine, state, left: state.available ? await listOwnContainers(engine) : [] };
    }),
  );
}

/** Whether each container engine answers, and whether a run that ended badly left containers behind. */
export function containerChecks(engines: readonly ContainerEngineFacts[]): Check[] {
  return engines.map(engineCheck);
}

function engineCheck({ engine, state, left }: ContainerEngineFacts): Check {
  const subject = `containers: ${engine}`;
  // Only a run that asks for it needs one.
  if (!state.available) {
    return { subject, verdict: 'ok', message: `${state.reason}; only needed for --runtime ${engine}` };
  }
  if (left.length === 0) return { subject, verdict: 'ok', message: `${state.version} answers` };
  return {
    subject,
    verdict: 'warn',
    message: `${state.version} answers; it has containers of gatebench: ${left.join(', ')}`,
    hint: `unless a run is going on: ${engine} rm --force ${left.join(' ')}`,
  };
}
