import { describe, expect, it } from 'vitest';
import { UPSTREAM_REQUESTS_GATE } from '../../src/analysis/upstream-requests.js';
import type { Engine } from '../../src/load/engine.js';
import { engineNamed, engineNames } from '../../src/load/engines.js';
import type { CellRecord, GateResult } from '../../src/model/record.js';
import { directGateway, fakeGateway, runOneCell } from '../support/cell-runner.js';
import { aScenario } from '../support/scenario.js';

async function cellOf(mode: string, engine: Engine) {
  const gateway = mode === 'direct' ? directGateway : fakeGateway(mode);
  // k6 and wrk know whole seconds only.
  const record = await runOneCell(gateway, aScenario({ warmupS: 1, durationS: 2 }), { deps: { engine } });
  const gate = record.gates.find((each) => each.gate === UPSTREAM_REQUESTS_GATE);
  if (gate === undefined) throw new Error(`no gate: ${JSON.stringify(record.outcome)}`);
  return { record, gate };
}

type Check = (gate: GateResult, record: CellRecord) => void;

const eachOnce: Check = (gate, { wholeLoad, requests }) => {
  expect(gate).toMatchObject({ verdict: 'pass', value: expect.any(Number) });
  // The warm-up is in it.
  expect(wholeLoad?.ok).toBeGreaterThan(requests?.ok ?? Number.POSITIVE_INFINITY);
};

const GATEWAYS = {
  direct: ['passes where there is no gateway', eachOnce],
  ok: ['passes a gateway that sends each request upstream once', eachOnce],
  cache: [
    'voids a gateway that answers from a cache',
    (gate, { mock, wholeLoad, outcome }) => {
      expect(gate).toMatchObject({ verdict: 'invalid', message: expect.stringContaining('from a cache') });
      expect(mock?.wholeLoad?.completions).toBeLessThan((wholeLoad?.ok ?? 0) / 2);
      const reason = expect.stringMatching(/^upstream requests: /);
      expect(outcome).toMatchObject({ kind: 'invalid', reasons: expect.arrayContaining([reason]) });
    },
  ],
  coalesce: [
    'voids a gateway that answers several requests with one of the upstream',
    (gate, { outcome }) => {
      expect(gate).toMatchObject({ verdict: 'invalid', message: expect.stringContaining('coalescing') });
      expect(gate.value).toBeLessThan(0.9);
      expect(outcome.kind).toBe('invalid');
    },
  ],
  twice: [
    'warns of a gateway that sends everything twice, with the factor',
    (gate) => {
      expect(gate).toMatchObject({ verdict: 'warn', message: expect.stringContaining('retried') });
      expect(gate.value).toBeGreaterThan(1.8);
      expect(gate.value).toBeLessThanOrEqual(2);
    },
  ],
  unasked: [
    'voids a gateway whose unrequested responses pass for those of the next requests',
    (gate, { mock, wholeLoad, outcome }) => {
      expect(wholeLoad?.ok).toBeGreaterThan(mock?.wholeLoad?.completions ?? Number.POSITIVE_INFINITY);
      expect(gate).toMatchObject({ verdict: 'invalid', message: expect.stringContaining('nobody asked for') });
      expect(outcome.kind).toBe('invalid');
    },
  ],
} satisfies Record<string, [title: string, check: Check]>;

/** Engines that share their accounting need not prove it twice. */
const DRIVEN: Record<string, (keyof typeof GATEWAYS)[]> = {
  native: ['direct', 'ok', 'cache', 'coalesce', 'twice', 'unasked'],
  autocannon: ['ok', 'unasked'],
  k6: ['ok', 'cache', 'twice'],
  wrk: ['ok', 'cache', 'twice'],
};

for (const name of engineNames()) {
  const engine = engineNamed(name);
  const missing = await engine.unavailable();
  if (missing) process.stderr.write(`\nSKIPPED on this machine: upstream requests of ${name}: ${missing.reason}\n`);

  describe.skipIf(missing !== null)(`upstream requests, counted by ${name}`, () => {
    for (const mode of DRIVEN[name] ?? []) {
      const [title, check] = GATEWAYS[mode];
      it(title, async () => {
        const { gate, record } = await cellOf(mode, engine);
        check(gate, record);
      });
    }
  });
}
