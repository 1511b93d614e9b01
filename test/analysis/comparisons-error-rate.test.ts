import { describe, expect, it } from 'vitest';
import { compareGateways } from '../../src/analysis/comparisons.js';
import { uniform } from '../support/noise.js';
import { type SimulatedRun, simulatedRuns } from '../support/simulated-runs.js';
import { shareOf } from '../support/simulation.js';

const MACHINE = { rho: 0.8, machineSpread: 0.05 };

/** Share of runs in which any difference is called that isn't there, or the wrong way round. */
function falseRuns(shape: SimulatedRun, trials: number): number {
  const draw = simulatedRuns(shape, uniform(41));
  const trueRate = (label: string) => shape.rates[Number(label.slice(1)) - 1] ?? 0;
  return shareOf(trials, () =>
    compareGateways({ until: null }, draw()).some(({ pairs }) =>
      pairs.some(({ a, b, verdict }) => {
        if (verdict.kind !== 'difference') return false;
        const [better, worse] = verdict.better === 'a' ? [a, b] : [b, a];
        return trueRate(better) <= trueRate(worse);
      }),
    ),
  );
}

describe('differences called, by simulation', () => {
  it.each([3, 5])('are false in at most a twentieth of levels where four gateways are equal, n %i', (repeats) => {
    const share = falseRuns({ rates: [1000, 1000, 1000, 1000], repeats, noise: 0.02, machine: MACHINE }, 800);
    // 5 % and two and a half standard errors.
    expect(share).toBeLessThan(0.07);
    expect(share).toBeGreaterThan(0);
  });

  it('are false in at most 5 % of levels where some of them differ', () => {
    const share = falseRuns({ rates: [1000, 1000, 1200, 1200], repeats: 5, noise: 0.02, machine: MACHINE }, 800);
    expect(share).toBeLessThan(0.07);
  });

  it('are mostly seen where they are large, and give every gateway its own rank', () => {
    const draw = simulatedRuns({ rates: [1000, 1200, 1500], repeats: 5, noise: 0.02, machine: MACHINE }, uniform(42));
    const right = shareOf(200, () => {
      const [level] = compareGateways({ until: null }, draw());
      return (
        level?.ranks.every(
          ({ label, best, worst }, at) => best === at + 1 && worst === best && label === `g${3 - at}`,
        ) === true
      );
    });
    expect(right).toBeGreaterThan(0.95);
  });
});
