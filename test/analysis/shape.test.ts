import { describe, expect, it } from 'vitest';
import { shapeEvidence } from '../../src/analysis/format-shape.js';
import { publishedCurve } from '../../src/analysis/published-curves.js';
import type { ScalingCurve } from '../../src/analysis/scaling-curve.js';
import { type ShapeName, shapeOf } from '../../src/analysis/shape.js';
import { curveOf, LATENCY_S, levelOf } from '../support/curves.js';
import { normal, uniform } from '../support/noise.js';
import { publishedClaims } from '../support/published-claims.js';

const random = uniform(20261129);
const between = (low: number, high: number) => low + (high - low) * random();
const deviate = normal(random);
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

const PLANS = [
  [50, 150, 300],
  [50, 150, 300, 500, 1000],
  [10, 25, 50, 100, 250, 500],
  [1, 50, 150, 300, 500, 1000, 2000],
];
const NOISE = 0.03;

/** Rates with 3 % noise, of the gateway and of the direct path that it is compared with. */
function noisy(
  vus: readonly number[],
  rate: (vus: number) => number,
  cpuPercent: (vus: number) => number,
): ScalingCurve {
  return curveOf(
    vus.map((count) =>
      levelOf({
        vus: count,
        ratePerSec: rate(count) * Math.exp(NOISE * deviate()),
        idealPerSec: (count / LATENCY_S) * Math.exp((NOISE / 3) * deviate()),
        cpuPercent: cpuPercent(count) * Math.exp(NOISE * deviate()),
      }),
    ),
  );
}

/** Curves that nobody would dispute: none is near the bound between two shapes. */
const families: Record<ShapeName, () => ScalingCurve> = {
  linear() {
    const vus = pick(PLANS);
    const [overhead, bend] = [between(1, 1.05), between(0, 0.08)];
    const most = vus.at(-1) ?? 1;
    const cpuPerVu = between(0.1, 0.5);
    return noisy(
      vus,
      (n) => n / LATENCY_S / overhead / (1 + bend * (n / most)),
      (n) => cpuPerVu * n,
    );
  },
  'sub-linear'() {
    const vus = pick(PLANS);
    const [first, last] = [vus[0] ?? 1, vus.at(-1) ?? 1];
    // A power, or contention that leaves between 30 and 65 % at the end.
    const power = between(0.4, 0.7);
    const end = between(0.3, 0.65);
    const alpha = (1 / end - 1) / (last - 1);
    const rate =
      random() < 0.5
        ? (n: number) => (first / LATENCY_S) * (n / first) ** power
        : (n: number) => n / LATENCY_S / (1 + alpha * (n - 1));
    const cpu = between(20, 400);
    return noisy(vus, rate, () => cpu);
  },
  ceiling: () => flat(between(93, 130)),
  plateau: () => flat(between(5, 70)),
  cliff() {
    const vus = pick(PLANS);
    const at = 1 + Math.floor(random() * (vus.length - 1));
    const left = between(0, 0.6);
    const curve = noisy(
      vus,
      (n) => (vus.indexOf(n) < at ? n / LATENCY_S : (left * (vus[at - 1] ?? 1)) / LATENCY_S),
      () => between(10, 300),
    );
    return random() < 0.3 ? { ...curve, crashedAtVus: vus[at] ?? null } : curve;
  },
};

/** Up to a rate that is reached early enough to be seen over twice the VUs; from there on it may fall a little. */
function flat(cpuPercent: number): ScalingCurve {
  const vus = pick(PLANS);
  const most = vus.at(-1) ?? 1;
  const knee = between((vus[0] ?? 1) / 2, vus.findLast((n) => n <= most / 2) ?? 1);
  const decline = between(0, 0.08);
  return noisy(
    vus,
    (n) => (n <= knee ? n : knee * (1 - decline * ((n - knee) / (most - knee)))) / LATENCY_S,
    (n) => cpuPercent * Math.min(1, n / knee),
  );
}

describe('shapes of simulated curves at 3 % noise', () => {
  it.each(Object.keys(families) as ShapeName[])('are right 95 times in 100: %s', (name) => {
    const RUNS = 2_000;
    const found: Record<string, number> = {};
    for (let run = 0; run < RUNS; run++) {
      const shape = String(shapeOf(families[name]()).name);
      found[shape] = (found[shape] ?? 0) + 1;
    }
    expect((found[name] ?? 0) / RUNS, JSON.stringify(found)).toBeGreaterThanOrEqual(0.95);
  });
});

describe('shapes of the published table', () => {
  const claims = publishedClaims();
  const published = (gateway: string) => publishedCurve(claims, gateway, 'article');

  it.each(claims.shapes)('gives what the article says of $gateway: $shape', ({ gateway, shape }) => {
    expect(shapeOf(published(gateway)).name).toBe(shape);
  });

  it('says by which figures', () => {
    const evidence = (gateway: string) => shapeEvidence(shapeOf(published(gateway)), published(gateway));
    expect(evidence('ferro')).toBe(
      '13,925 req/s at 1,000 VUs, 83.6 % of what the upstream alone allows; within 5 % of it up to 500 VUs',
    );
    expect(evidence('bifrost')).toContain('100 % fail at 300 VUs');
    expect(evidence('litellm')).toContain('flat from 50 VUs');
    expect(evidence('litellm')).toContain('process tree at 98 % of one core');
    expect(evidence('portkey')).toContain('flat from 150 VUs at 860 req/s; its CPU is not known');
    expect(evidence('portkey')).toContain('7.57 % fail at 1,000 VUs');
  });

  it('uses the source alone where it has enough levels, and the others where not', () => {
    expect(published('ferro').levels.map(({ vus }) => vus)).toEqual([50, 150, 300, 500, 1000]);
    expect(published('litellm').levels.map(({ vus, ratePerSec }) => [vus, ratePerSec])).toEqual([
      [10, 107],
      [50, 201],
      [150, 175],
      [500, 166],
      [1000, 163],
    ]);
  });
});

describe('shapeOf', () => {
  const rates = (pairs: [number, number][], facts: Partial<ReturnType<typeof levelOf>> = {}) =>
    pairs.map(([vus, ratePerSec]) => levelOf({ vus, ratePerSec, ...facts }));

  it('has no shape without enough trusted levels, and says so', () => {
    expect(shapeOf(curveOf([]))).toEqual({ name: null, reason: 'no level was measured that can be trusted' });
    expect(shapeOf(curveOf([], { crashedAtVus: 50 })).name).toBeNull();
    expect(
      shapeOf(
        curveOf(
          rates([
            [50, 800],
            [150, 2400],
          ]),
        ),
      ),
    ).toMatchObject({ name: null });
  });

  it('sees a cliff in two levels', () => {
    expect(
      shapeOf(
        curveOf(
          rates([
            [150, 2400],
            [300, 0],
          ]),
        ),
      ),
    ).toMatchObject({ name: 'cliff', atVus: 300, cause: 'fallen' });
  });

  it('names the first of several causes', () => {
    const levels = [
      ...rates([
        [50, 800],
        [150, 2400],
      ]),
      levelOf({ vus: 300, ratePerSec: 2000, failedShare: 0.4 }),
    ];
    expect(shapeOf(curveOf(levels, { crashedAtVus: 500 }))).toMatchObject({ atVus: 300, cause: 'failing' });
    expect(shapeOf(curveOf(levels, { crashedAtVus: 150 }))).toMatchObject({ atVus: 150, cause: 'crashed' });
  });

  it('begins a fall after the last good level', () => {
    const levels = rates([
      [50, 800],
      [150, 2400],
      [300, 1500],
      [500, 2300],
      [1000, 900],
    ]);
    expect(shapeOf(curveOf(levels))).toMatchObject({ name: 'cliff', atVus: 1000 });
  });

  it.each([
    [0.05, 'plateau'],
    [0.13, 'sub-linear'],
  ])('is flat where twice the VUs give next to nothing: N to the power of %d', (power, name) => {
    const levels = rates([50, 250, 500].map((vus) => [vus, 100 * vus ** power]));
    expect(shapeOf(curveOf(levels)).name).toBe(name);
  });

  it('compares with the fewest VUs where the upstream alone is not known', () => {
    const levels = rates(
      [
        [1, 20],
        [50, 950],
        [100, 1900],
      ],
      { idealPerSec: null },
    );
    expect(shapeOf(curveOf(levels))).toMatchObject({ name: 'linear', efficiency: 0.95 });
  });

  it.each([
    ['one thread of one process', 117, 1, 8, 'ceiling'],
    ['every one of four processes', 390, 5, 8, 'ceiling'],
    ['all of two CPUs', 175, 1, 2, 'ceiling'],
    ['many threads with CPUs left', 300, 1, 8, 'plateau'],
    ['little CPU', 60, 1, 8, 'plateau'],
  ])('is a ceiling where CPU is used up: %s', (_, cpuPercent, processes, cpus, name) => {
    const levels = rates(
      [
        [50, 800],
        [150, 850],
        [300, 855],
        [500, 850],
      ],
      { cpuPercent, processes },
    );
    expect(shapeOf(curveOf(levels, { cpus })).name).toBe(name);
  });
});
