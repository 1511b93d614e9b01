import { describe, expect, it } from 'vitest';
import { type Estimate, fitUsl, type UslFit } from '../../src/analysis/usl.js';
import { normal, uniform } from '../support/noise.js';

const LEVELS = [1, 25, 50, 150, 300, 500, 1000];

interface Law {
  gamma: number;
  alpha: number;
  beta: number;
}

function rate({ gamma, alpha, beta }: Law, vus: number): number {
  return (gamma * vus) / (1 + alpha * (vus - 1) + beta * vus * (vus - 1));
}

interface Plan {
  levels?: number[];
  noise?: () => number;
  repeats?: number;
}

function pointsOf(law: Law, { levels = LEVELS, noise = () => 0, repeats = 1 }: Plan = {}) {
  return Array.from({ length: repeats }, () => levels)
    .flat()
    .map((vus) => ({ vus, ratePerSec: rate(law, vus) * Math.exp(noise()) }));
}

function fitted(law: Law, options: Plan = {}): UslFit {
  const fit = fitUsl(pointsOf(law, options));
  if (fit === null) throw new Error('not fitted');
  return fit;
}

describe('fitUsl', () => {
  it('finds the law that a curve without noise follows', () => {
    const law = { gamma: 16, alpha: 0.004, beta: 2e-6 };
    const fit = fitted(law);
    expect(fit.gamma.value).toBeCloseTo(16, 6);
    expect(fit.alpha.value).toBeCloseTo(0.004, 8);
    expect(fit.beta.value).toBeCloseTo(2e-6, 10);
    expect(fit.knee.value).toBeCloseTo(250, 3);
    expect(fit.asymptote.value).toBeCloseTo(4000, 2);
    expect(fit.peak.value).toBeCloseTo(Math.sqrt(0.996 / 2e-6), 3);
    expect(fit.rateAt(400).value).toBeCloseTo(rate(law, 400), 4);
    expect(fit.residualShare).toBeLessThan(1e-6);
  });

  it('has no peak where nothing falls, and no knee where nothing bends', () => {
    expect(fitted({ gamma: 16, alpha: 0.01, beta: 0 }).peak.value).toBeGreaterThan(1e6);
    const straight = fitted({ gamma: 16, alpha: 0, beta: 0 });
    expect(straight.knee.value).toBeGreaterThan(1e6);
    expect(straight.asymptote.value).toBeGreaterThan(1e6);
  });

  it('never finds less contention than none', () => {
    // Faster than linear growth, as a cache that warms up gives.
    const points = LEVELS.map((vus) => ({ vus, ratePerSec: 16 * vus ** 1.05 }));
    const fit = fitUsl(points);
    expect(fit?.alpha).toMatchObject({ value: 0, low: 0 });
    expect(fit?.beta).toMatchObject({ value: 0, low: 0 });
  });

  it('needs six different levels with a rate', () => {
    const law = { gamma: 16, alpha: 0.004, beta: 2e-6 };
    expect(fitUsl(pointsOf(law, { levels: LEVELS.slice(0, 5), repeats: 3 }))).toBeNull();
    const dead = [...pointsOf(law, { levels: LEVELS.slice(0, 5) }), { vus: 1000, ratePerSec: 0 }];
    expect(fitUsl(dead)).toBeNull();
    expect(fitUsl(pointsOf(law, { levels: LEVELS.slice(0, 6) }))).not.toBeNull();
  });
});

const scaled = (draw: () => number, by: number) => () => by * draw();
const covers = ({ low, high }: Estimate, truth: number) => low <= truth && truth <= high;

describe('intervals of the fit at 3 % noise', () => {
  const RUNS = 2_000;
  // With contention and coherency, with contention alone, and with neither: 0 is the edge of what is allowed.
  const laws: [string, Law, Plan][] = [
    ['both, 7 levels', { gamma: 16, alpha: 0.004, beta: 2e-6 }, {}],
    ['both, 6 levels of 3 repeats', { gamma: 16, alpha: 0.01, beta: 4e-6 }, { levels: LEVELS.slice(1), repeats: 3 }],
    ['contention alone', { gamma: 16, alpha: 0.01, beta: 0 }, {}],
    ['neither', { gamma: 16, alpha: 0, beta: 0 }, {}],
  ];

  it.each(laws)('cover the truth: %s', (_, law, options) => {
    const noise = scaled(normal(uniform(11)), 0.03);
    const fits = Array.from({ length: RUNS }, () => {
      const fit = fitUsl(pointsOf(law, { ...options, noise }));
      if (fit === null) throw new Error('not fitted');
      return fit;
    });
    const coverage = (of: (fit: UslFit) => Estimate, truth: number) =>
      fits.filter((fit) => covers(of(fit), truth)).length / RUNS;
    const found = {
      alpha: coverage(({ alpha }) => alpha, law.alpha),
      beta: coverage(({ beta }) => beta, law.beta),
      gamma: coverage(({ gamma }) => gamma, law.gamma),
      knee: coverage(({ knee }) => knee, 1 / law.alpha),
      asymptote: coverage(({ asymptote }) => asymptote, law.gamma / law.alpha),
      peak: coverage(({ peak }) => peak, Math.sqrt((1 - law.alpha) / law.beta)),
      band: coverage(({ rateAt }) => rateAt(400), rate(law, 400)),
    };
    // 2,000 runs tell 95 % with a standard error of 0.5; at the edge intervals may be wider than they need be.
    for (const [figure, share] of Object.entries(found)) {
      expect(share, `${figure} of ${JSON.stringify(found)}`).toBeGreaterThanOrEqual(0.925);
    }
    if (law.alpha > 0 && law.beta > 0) {
      for (const figure of ['alpha', 'gamma', 'band'] as const) expect(found[figure]).toBeLessThanOrEqual(0.985);
    }
  });
});
