import { describe, expect, it } from 'vitest';
import { gatesOf, judge, type MeasuredCell } from '../../src/analysis/validity.js';
import { hostOf, latencyOf, loadOf, recordOf, treeOf } from '../support/record-builder.js';

const { mock, resources, wholeLoad } = recordOf({ gateway: 'ferro', vus: 150 });

function measured(facts: Partial<MeasuredCell> = {}): MeasuredCell {
  const load = { ...(facts.load ?? loadOf({ vus: 150 })), wholeLoad };
  return { vus: 150, mock, engine: resources.engine, host: resources.host, ...facts, load };
}

function gate(name: string, facts: Partial<MeasuredCell>) {
  const found = gatesOf(measured(facts)).find((result) => result.gate === name);
  if (found === undefined) throw new Error(`no gate "${name}"`);
  return found;
}

function mockLate(p99: number) {
  return mock === null ? null : { ...mock, latenessUs: { p50: 10, p99, max: 2 * p99 } };
}

describe('gates', () => {
  it('pass a sound cell, and only the samples are short', () => {
    const gates = gatesOf(measured());
    expect(gates.filter(({ verdict }) => verdict !== 'pass').map((result) => result.gate)).toEqual([
      'percentile samples',
    ]);
    expect(judge(gates)).toEqual({ kind: 'ok' });
  });

  it.each([
    [0.8, 'pass'],
    [0.801, 'invalid'],
    [0, 'pass'],
  ])('event-loop utilisation %f is %s', (eventLoopUtilisation, verdict) => {
    expect(gate('load engine', { load: loadOf({ result: { eventLoopUtilisation } }) }).verdict).toBe(verdict);
  });

  it('does not take seconds that the engine does not tell for a silent gateway', () => {
    const load = loadOf({ result: { seconds: [], absent: { seconds: 'wrk tells its counts at its end only' } } });
    const steady = gatesOf(measured({ load })).filter((result) => result.gate.startsWith('steady state'));
    expect(steady.map(({ verdict, message }) => [verdict, message])).toEqual([
      ['unknown', 'wrk tells its counts at its end only'],
      ['unknown', 'wrk tells its counts at its end only'],
    ]);
  });

  it('takes the CPU of the engine per worker where it has no event loop', () => {
    const load = loadOf({ result: { eventLoopUtilisation: null, workers: 2 } });
    expect(gate('load engine', { load, engine: treeOf({ cpuPercentMean: 150 }) }).verdict).toBe('pass');
    expect(gate('load engine', { load, engine: treeOf({ cpuPercentMean: 170 }) }).verdict).toBe('invalid');
  });

  it.each([
    [1_000, 'pass'],
    [1_001, 'warn'],
    [5_000, 'warn'],
    [5_001, 'invalid'],
  ])('a mock that is late by %i us at p99 is %s', (p99, verdict) => {
    expect(gate('mock upstream', { mock: mockLate(p99) }).verdict).toBe(verdict);
  });

  it.each([
    [0, 'pass'],
    [1, 'pass'],
    [1.1, 'warn'],
    [3, 'warn'],
    [3.1, 'invalid'],
  ])('%f % steal is %s', (stealPercentMean, verdict) => {
    const steal = gate('steal time', { host: hostOf({ stealPercentMean }) });
    expect(steal.verdict).toBe(verdict);
    expect(steal.message).toContain(`took ${stealPercentMean} % of`);
  });

  it('one local failure voids the window', () => {
    const load = loadOf({ failed: { local: 1 } });
    expect(gate('local failures', { load }).verdict).toBe('invalid');
    expect(judge(gatesOf(measured({ load })))).toMatchObject({
      kind: 'invalid',
      reasons: [expect.stringContaining('void')],
    });
    expect(gate('local failures', {})).toMatchObject({ verdict: 'pass', message: expect.not.stringContaining('void') });
  });

  it('never pass what could not be read', () => {
    const load = loadOf({ result: { eventLoopUtilisation: null, seconds: [] } });
    const gates = gatesOf(measured({ load, mock: null, engine: null, host: null }));
    const unread = [
      ...['other programs', 'steal time', 'CPU throttling', 'load engine', 'mock upstream'],
      ...['steady state (halves)', 'steady state (MSER-5)'],
    ];
    for (const name of unread)
      expect(gates.find((result) => result.gate === name)).toMatchObject({ verdict: 'unknown' });
    expect(gate('mock upstream', { mock: mock === null ? null : { ...mock, latenessUs: null } }).verdict).toBe(
      'unknown',
    );
  });

  it('says which percentiles have too few samples, without a warning', () => {
    const few = gate('percentile samples', {});
    expect(few).toMatchObject({ verdict: 'unknown', value: 150_000 });
    expect(few.message).toContain('p99 needs 262,742');
    expect(few.message).not.toContain('p95');
    const enough = gate('percentile samples', { load: loadOf({ vus: 500 }) });
    expect(enough).toMatchObject({ verdict: 'pass', message: expect.not.stringContaining('needs') });
    const just = (count: number) =>
      gate('percentile samples', { load: loadOf({ result: { latencyUs: latencyOf(count, 1) } }) });
    expect([just(262_741).verdict, just(262_742).verdict]).toEqual(['unknown', 'pass']);
    expect(gate('percentile samples', { load: loadOf({ result: { latencyUs: null } }) }).value).toBe(0);
  });
});

describe('judge', () => {
  it('names every gate that voids, and no other', () => {
    const load = loadOf({ result: { eventLoopUtilisation: 0.99 } });
    const verdict = judge(gatesOf(measured({ load, mock: mockLate(9_000) })));
    expect(verdict.kind).toBe('invalid');
    if (verdict.kind === 'invalid') {
      expect(verdict.reasons.map((reason) => reason.split(':')[0])).toEqual(['load engine', 'mock upstream']);
    }
  });
});
