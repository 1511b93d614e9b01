import { UsageError } from '../../lib/errors.js';
import type { Engine } from '../../load/engine.js';
import { levelField } from '../../model/load-level.js';
import type { ResolvedGateway } from '../../model/resolved-gateway.js';
import type { Scenario } from '../../model/scenario.js';
import type { Readiness } from '../../plan/choose-gateways.js';
import { inDialects } from '../../plan/dialects.js';
import { engineNeeds } from '../../plan/request-needs.js';
import { overTls } from '../../plan/tls.js';
import { loadShape } from '../../run/load-shape.js';

/** @throws UsageError where the engine can't send what the scenario asks */
export function requireEngineFits(
  { name, mixes = false, tls = false }: Pick<Engine, 'name' | 'mixes' | 'tls'>,
  scenario: Scenario,
): void {
  if (scenario.tls !== undefined && !tls) {
    throw new UsageError(
      `the engine ${name} can't check the certificate of a run, and the scenario ${scenario.name} is over TLS`,
      'use the native engine, or k6 on this machine: leave --engine and --k6-hosts out',
    );
  }
  const needs = mixes ? [] : engineNeeds(scenario);
  if (needs.length === 0) return;
  throw new UsageError(
    `the engine ${name} sends one chat completion over and over, and the scenario ${scenario.name} has ${needs.join(' and ')}`,
    'use the native engine: leave --engine out, and load from other hosts',
  );
}

/** @throws UsageError for a load that the engine can't drive */
export function requireLoadModel(engine: Engine, scenario: Scenario): void {
  const refusal = refusalOf(engine, scenario);
  if (refusal === null) return;
  throw new UsageError(
    `engine ${engine.name} ${refusal}`,
    engine.name === 'native' ? 'choose another scenario' : 'leave --engine out, or choose another scenario',
  );
}

function refusalOf(engine: Engine, scenario: Scenario): string | null {
  const { arrivals, stages } = loadShape(scenario, { ...levelField(scenario.load.model, 1), repeat: 1 }, 0);
  if (arrivals === undefined && stages === undefined) return null;
  if (engine.refusal !== undefined) return engine.refusal({ arrivals, stages });
  return arrivals === undefined ? 'drives constant VUs, and no stages' : 'drives a closed loop, and no arrival rate';
}

/** Whether an installed gateway takes the scenario's dialects too, and speaks TLS where it has to. */
export function readinessFor(scenario: Scenario, gateway: ResolvedGateway, readiness: Readiness): Readiness {
  if (!readiness.ready) return readiness;
  if (scenario.tls !== undefined && readiness.image !== undefined) {
    const hint = 'measure it as a process: leave --runtime out';
    return { ready: false, reason: "a container doesn't see the run's certificate", hint };
  }
  const fitting = fitted(gateway, scenario);
  return 'gateway' in fitting ? readiness : { ready: false, ...fitting };
}

/** The gateway as the scenario's dialects and TLS need it; as it is where it doesn't take them, and so is skipped. */
export function fittedGateway(scenario: Scenario, gateway: ResolvedGateway): ResolvedGateway {
  const fitting = fitted(gateway, scenario);
  return 'gateway' in fitting ? fitting.gateway : gateway;
}

function fitted(gateway: ResolvedGateway, scenario: Scenario): ReturnType<typeof inDialects> {
  const speaking = inDialects(gateway, scenario);
  return 'gateway' in speaking ? overTls(speaking.gateway, scenario) : speaking;
}
