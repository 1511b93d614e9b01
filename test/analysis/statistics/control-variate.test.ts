import { describe, expect, it } from 'vitest';
import { mean } from '../../../src/analysis/mser.js';
import { type Controlled, controlledMean } from '../../../src/analysis/statistics/control-variate.js';
import { meanInterval } from '../../../src/analysis/statistics/interval.js';
import { normal, uniform } from '../../support/noise.js';
import { covers, shareOf } from '../../support/simulation.js';

const TRIALS = 6000;
/** What the pairs differ by, as a logarithm. */
const TRUE = 0.03;

/**
 * Differences within blocks: of the logarithms of a figure, and of the machine's speed beside it. The control's mean is 0
 * because the order within a block is random.
 * @param correlation between the two
 */
function drawer(correlation: number, seed: number): (n: number) => Controlled[] {
  const z = normal(uniform(seed));
  return (n) =>
    Array.from({ length: n }, () => {
      const machine = z();
      return {
        value: TRUE + 0.05 * (correlation * machine + Math.sqrt(1 - correlation ** 2) * z()),
        control: 0.05 * machine,
      };
    });
}

describe('mean with a control variate', () => {
  it('is the regression’s value where the control is 0', () => {
    const exact = [-1, 0, 2, 3].map((control) => ({ value: 5 + 2 * control, control }));
    const interval = controlledMean(exact);
    expect(interval?.estimate).toBeCloseTo(5, 12);
    expect(interval?.high).toBeCloseTo(5, 6);
    expect(interval).toMatchObject({ df: 2, n: 4 });
    expect(interval?.slope).toBeCloseTo(2, 12);
    expect(interval?.correlation).toBeCloseTo(1, 12);
  });

  it('needs three values and a control that varies', () => {
    expect(controlledMean([1, 2].map((value) => ({ value, control: value })))).toBeNull();
    expect(controlledMean([1, 2, 3].map((value) => ({ value, control: 7 })))).toBeNull();
  });

  for (const correlation of [0, 0.65, 0.95]) {
    it.each([4, 5, 10])(`neither biases nor covers too little, correlation ${correlation}, n %i`, (n) => {
      const draw = drawer(correlation, 21);
      const estimates: number[] = [];
      const coverage = shareOf(TRIALS, () => {
        const interval = controlledMean(draw(n));
        estimates.push(interval?.estimate ?? Number.NaN);
        return covers(interval, TRUE);
      });
      expect(Math.abs(coverage - 0.95)).toBeLessThan(0.015);
      // At n = 4 the estimate's tail is as heavy as t's with 2 degrees of freedom: its median says more than its mean.
      const middle = estimates.sort((a, b) => a - b)[TRIALS / 2] ?? Number.NaN;
      expect(Math.abs(middle - TRUE)).toBeLessThan(0.002);
    });
  }

  it('narrows the interval only where there are repeats enough to pay for the slope', () => {
    const widthRatio = (correlation: number, n: number) => {
      const draw = drawer(correlation, 22);
      const ratios = Array.from({ length: 2000 }, () => {
        const values = draw(n);
        const raw = meanInterval(values.map(({ value }) => value));
        const adjusted = controlledMean(values);
        if (raw === null || adjusted === null) throw new Error('no interval');
        return (adjusted.high - adjusted.low) / (raw.high - raw.low);
      });
      return ratios.sort((a, b) => a - b)[1000] ?? Number.NaN;
    };
    expect(widthRatio(0.95, 5)).toBeLessThan(0.6);
    expect(widthRatio(0.65, 10)).toBeLessThan(0.95);
    expect(widthRatio(0.65, 4)).toBeGreaterThan(1);
    expect(widthRatio(0, 10)).toBeGreaterThan(1);
  });

  it('would hide variance if it were centred on its own mean, as the harness’s CPU would have to be', () => {
    const draw = drawer(0.96, 23);
    const coverage = shareOf(TRIALS, () => {
      const values = draw(6);
      const centre = mean(values.map(({ control }) => control));
      const centred = controlledMean(values.map(({ value, control }) => ({ value, control: control - centre })));
      // The estimate is the plain mean; only the interval has shrunk.
      expect(centred?.estimate).toBeCloseTo(mean(values.map(({ value }) => value)), 12);
      return covers(centred, TRUE);
    });
    expect(coverage).toBeLessThan(0.6);
  });

  it('would cover too little if the narrower of raw and adjusted were taken', () => {
    const draw = drawer(0.65, 24);
    const coverage = shareOf(TRIALS, () => {
      const values = draw(5);
      const raw = meanInterval(values.map(({ value }) => value));
      const adjusted = controlledMean(values);
      if (raw === null || adjusted === null) return false;
      return covers(adjusted.high - adjusted.low < raw.high - raw.low ? adjusted : raw, TRUE);
    });
    expect(coverage).toBeLessThan(0.94);
  });
});
