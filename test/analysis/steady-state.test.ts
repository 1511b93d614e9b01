import { describe, expect, it } from 'vitest';
import { steadyStateGates, windowRates } from '../../src/analysis/steady-state.js';
import { secondOf } from '../support/record-builder.js';

function halves(rates: number[]) {
  return steadyStateGates(rates).find(({ gate }) => gate.includes('halves'));
}

describe('windowRates', () => {
  it('leaves the warm-up and a last part of a second out', () => {
    const seconds = [secondOf(13, 1), secondOf(14, 2), secondOf(15, 10), secondOf(16, 11), secondOf(17, 3)];
    expect(windowRates(seconds, 2.4)).toEqual([10, 11]);
  });

  it('counts a second that is not there as 0, and failures as completions', () => {
    const seconds = [secondOf(15, 10), { ...secondOf(18, 5), failed: 2 }];
    expect(windowRates(seconds, 4)).toEqual([10, 0, 0, 7]);
  });

  it('is empty without a window', () => {
    expect(windowRates([secondOf(3, 10)], 0)).toEqual([]);
    expect(windowRates([], 60)).toEqual([]);
  });
});

describe('steady-state gates', () => {
  it('pass a constant rate', () => {
    expect(steadyStateGates(new Array<number>(60).fill(100)).map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
  });

  it('warn where the second half is slower, and say by how much', () => {
    const gate = halves([...new Array<number>(30).fill(1000), ...new Array<number>(30).fill(900)]);
    expect(gate).toMatchObject({ verdict: 'warn' });
    expect(gate?.message).toContain('10.5 % below');
  });

  it('pass halves within the bound', () => {
    expect(halves([...new Array<number>(30).fill(1000), ...new Array<number>(30).fill(1019)])?.verdict).toBe('pass');
  });

  it('warn where the second half is faster, and say so', () => {
    const gate = halves([...new Array<number>(30).fill(900), ...new Array<number>(30).fill(1000)]);
    expect(gate?.value).toBeCloseTo(0.105, 3);
    expect(gate?.message).toContain('10.5 % above');
  });

  it('take as few seconds as the rules need, and name their number', () => {
    const verdicts = (count: number) =>
      steadyStateGates(new Array<number>(count).fill(100)).map(({ verdict }) => verdict);
    expect(verdicts(10)).toEqual(['unknown', 'pass']);
    expect(verdicts(9)).toEqual(['unknown', 'unknown']);
    expect(verdicts(55)).toEqual(['pass', 'pass']);
    expect(steadyStateGates([1, 2, 3]).map(({ message }) => message)).toEqual([
      'the window has 3 whole seconds, the rule needs 55',
      'the window has 3 whole seconds, the rule needs 10',
    ]);
  });

  it('warn and never void: not settling is a result', () => {
    const ramp = Array.from({ length: 60 }, (_, second) => 100 + 50 * second);
    expect(steadyStateGates(ramp).map(({ verdict }) => verdict)).toEqual(['warn', 'warn']);
  });

  it('are unknown, with its reason, where the engine keeps no seconds', () => {
    const gates = steadyStateGates([], 'k6 sums up the whole window');
    expect(gates.map(({ verdict, message }) => [verdict, message])).toEqual([
      ['unknown', 'k6 sums up the whole window'],
      ['unknown', 'k6 sums up the whole window'],
    ]);
  });

  it('are unknown for a window that is too short, and for one in which nothing came back', () => {
    expect(steadyStateGates([1, 2, 3]).map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown']);
    expect(halves(new Array<number>(60).fill(0))).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining('nothing was completed'),
    });
  });
});
