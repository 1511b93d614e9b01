import { UsageError } from '../../lib/errors.js';
import type { Engine } from '../../load/engine.js';
import type { ResolvedGateway } from '../../model/resolved-gateway.js';
import type { Scenario } from '../../model/scenario.js';
import type { Readiness } from '../../plan/choose-gateways.js';
import { inDialects } from '../../plan/dialects.js';
import { engineNeeds } from '../../plan/request-needs.js';

/** @throws UsageError where the engine can't send what the scenario asks */
export function requireEngineFits({ name, mixes = false }: Pick<Engine, 'name' | 'mixes'>, scenario: Scenario): void {
  const needs = mixes ? [] : engineNeeds(scenario);
  if (needs.length === 0) return;
  throw new UsageError(
    `the engine ${name} sends one chat completion over and over, and the scenario ${scenario.name} has ${needs.join(' and ')}`,
    'use the native engine: leave --engine out, and load from other hosts',
  );
}

/** Whether an installed gateway takes the scenario's dialects too. */
export function readinessFor(scenario: Scenario, gateway: ResolvedGateway, readiness: Readiness): Readiness {
  if (!readiness.ready) return readiness;
  const fitting = inDialects(gateway, scenario);
  return 'gateway' in fitting ? readiness : { ready: false, ...fitting };
}

/** The gateway as the scenario's dialects need it; as it is where it doesn't take them, and so is skipped. */
export function fittedGateway(scenario: Scenario, gateway: ResolvedGateway): ResolvedGateway {
  const fitting = inDialects(gateway, scenario);
  return 'gateway' in fitting ? fitting.gateway : gateway;
}
