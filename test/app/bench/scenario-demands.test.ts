import { expect, it } from 'vitest';
import { requireDemands, requireNoTls, requireOwnUpstream } from '../../../src/app/bench/scenario-demands.js';
import { aScenario } from '../../support/scenario.js';

it('refuses faults that begin when all is over', () => {
  const scenario = aScenario({ durationS: 8 }, false, { upstream: { faults: ['500:0.1', '503@15s..35s'] } });
  expect(() => requireDemands(scenario, 'native')).toThrow(
    'the fault 503@15s..35s begins after the window of 8 s has ended',
  );
  expect(() => requireDemands({ ...scenario, load: { ...scenario.load, durationS: 15.1 } }, 'native')).not.toThrow();
});

it.each([
  ['valid', 'wrk', true],
  ['invalid', 'native', true],
  ['invalid', 'k6', false],
  ['many(10)', 'native', true],
  ['many(10)', 'autocannon', false],
])('keys %s with engine %s: %s', (keys, engine, can) => {
  const demand = () => requireDemands(aScenario({}, false, { request: { keys } }), engine);
  if (can) expect(demand).not.toThrow();
  else expect(demand).toThrow(`"keys: ${keys}"`);
});

it('needs the mock where an upstream is to fail', () => {
  expect(() => requireOwnUpstream(aScenario())).not.toThrow();
  for (const over of [{ upstream: { faults: ['500:0.1'] } }, { request: { keys: 'invalid' } }]) {
    expect(() => requireOwnUpstream(aScenario({}, false, over))).toThrow('needs the mock as the upstream');
  }
});

it('makes a certificate for this machine alone', () => {
  expect(() => requireNoTls(aScenario(), '--url')).not.toThrow();
  expect(() => requireNoTls(aScenario({}, false, { tls: { client: true } }), '--url')).toThrow('is over TLS');
});
