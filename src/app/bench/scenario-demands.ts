import { type FaultRule, parseFaultRule } from '../../../common/fault.js';
import { UsageError } from '../../lib/errors.js';
import type { Scenario } from '../../model/scenario.js';

/** Engines that can tell a refusal from a failure, and send one key after another. */
const ENGINES_WITH_KEYS = ['native', 'autocannon'];
const ENGINES_WITH_MANY_KEYS = ['native'];

/**
 * Only the mock fails as it is told to.
 * @throws UsageError for a scenario whose upstream is to fail, or to be two, against one that isn't ours
 */
export function requireOwnUpstream({ name, upstream, request }: Scenario): void {
  const needs = upstream.faults !== undefined || upstream.second !== undefined || request.keys !== undefined;
  if (!needs) return;
  throw new UsageError(
    `scenario ${name} needs the mock as the upstream, which fails and refuses keys as it is told to`,
    'leave out --upstream external, or choose another scenario',
  );
}

/**
 * The certificate of a run is this machine's, and only what gatebench starts here learns of it.
 * @param elsewhere what isn't started here, as it was asked for: `--url`
 * @throws UsageError for a scenario over TLS
 */
export function requireNoTls({ name, tls }: Pick<Scenario, 'name' | 'tls'>, elsewhere: string): void {
  if (tls === undefined) return;
  throw new UsageError(
    `scenario ${name} is over TLS, with a certificate that gatebench makes for this machine`,
    `leave out ${elsewhere}, or choose another scenario`,
  );
}

/**
 * Refuse what would measure nothing of what the scenario is about.
 * @param scenario overrides included
 * @throws UsageError for faults outside the window, and for keys that the engine can't do
 */
export function requireDemands({ name, load, upstream, request }: Scenario, engine: string): void {
  for (const text of [...(upstream.faults ?? []), ...(upstream.second?.faults ?? [])]) {
    const parsed = parseFaultRule(text);
    if (parsed.ok) requireInWindow(text, parsed.value, load.durationS);
  }
  const keys = request.keys ?? 'valid';
  if (keys === 'valid') return;
  const { classes, replay, promptTokens } = request;
  if (keys !== 'invalid' && (classes !== undefined || replay !== undefined || typeof promptTokens === 'string')) {
    throw new UsageError(
      `scenario ${name} has "keys: ${keys}", and not one request alone: keys change from request to request there`,
      'leave out classes, replay and drawn promptTokens, or keys',
    );
  }
  const able = keys === 'invalid' ? ENGINES_WITH_KEYS : ENGINES_WITH_MANY_KEYS;
  if (able.includes(engine)) return;
  throw new UsageError(
    `scenario ${name} has "keys: ${keys}", which engine ${engine} can't do`,
    `leave --engine out, or use ${able.join(' or ')}`,
  );
}

function requireInWindow(text: string, { fromMs }: FaultRule, durationS: number): void {
  if (fromMs < durationS * 1000) return;
  throw new UsageError(
    `the fault ${text} begins after the window of ${durationS} s has ended`,
    `measure for longer than ${fromMs / 1000} s with --duration, or change the scenario`,
  );
}
