import { type FaultRule, parseFaultRule } from '../../common/fault.js';
import type { Scenario } from '../model/scenario.js';

/** What a scenario makes happen, for the gates to take as a result and not as a fault of the measurement. */
export interface Expectations {
  /** The upstream fails: clients see failures, and gateways try again. */
  faults: boolean;
  /** Every request has a wrong key, and is to be refused. */
  refusal: boolean;
  /** Why the rate can't be steady; absent where it is to be. */
  unsteady?: string;
}

export function expectationsOf({ upstream, request }: Scenario): Expectations {
  const rules = faultRules([...(upstream.faults ?? []), ...(upstream.second?.faults ?? [])]);
  return {
    faults: rules.length > 0,
    refusal: request.keys === 'invalid',
    ...(rules.some(isTimed) ? { unsteady: 'the upstream fails for a time, so the rate is to change' } : {}),
  };
}

/** Whether the upstream is one that works, and requests have the usual key: as in what others publish. */
export function isUndisturbed({ upstream, request }: Pick<Scenario, 'upstream' | 'request'>): boolean {
  return upstream.faults === undefined && upstream.second === undefined && (request.keys ?? 'valid') === 'valid';
}

/** The rules of a scenario's faults, which its schema has parsed before. */
export function faultRules(texts: readonly string[]): FaultRule[] {
  return texts.map(parseFaultRule).flatMap((parsed) => (parsed.ok ? [parsed.value] : []));
}

/** Whether a fault begins after the window does, or ends before. */
export function isTimed({ fromMs, untilMs }: FaultRule): boolean {
  return fromMs > 0 || untilMs !== Number.POSITIVE_INFINITY;
}
