import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import { compareGateways } from '../../src/analysis/comparisons.js';
import { mean } from '../../src/analysis/mser.js';
import { type Controlled, controlledMean } from '../../src/analysis/statistics/control-variate.js';
import { geometricInterval, meanInterval } from '../../src/analysis/statistics/interval.js';
import { fiellerInterval, type Pair, ratioInterval } from '../../src/analysis/statistics/paired-ratio.js';
import { percentileBounds } from '../../src/analysis/statistics/percentile-bounds.js';
import { nominalLevel } from '../../src/analysis/statistics/sequential.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import type { Until } from '../../src/model/until.js';
import { normal, uniform } from '../support/noise.js';
import { simulatedRuns } from '../support/simulated-runs.js';
import { simulatedWindow } from '../support/simulated-window.js';
import {
  autocorrelatedBetween,
  autocorrelatedWithin,
  bimodalFigures,
  blocksOf,
  covers,
  lognormalFigures,
  normalFigures,
  type Population,
  shareOf,
} from '../support/simulation.js';
import { changePointTables } from './change-points.js';
import { byRepeats, coverageText, REPEATS, TRIALS, table } from './tables.js';

const POPULATIONS = [
  normalFigures(),
  lognormalFigures(0.05),
  lognormalFigures(0.3),
  lognormalFigures(0.8),
  autocorrelatedWithin(0.5),
  autocorrelatedWithin(0.9),
  autocorrelatedBetween(0.3),
  autocorrelatedBetween(0.6),
  bimodalFigures(0.5, 2),
  bimodalFigures(0.5, 4),
  bimodalFigures(0.5, 10),
  bimodalFigures(0.8, 10),
];

function betweenRepeats(): string {
  const log = ({ draw, geometricMean }: Population, n: number) =>
    coverageText(shareOf(TRIALS, () => covers(geometricInterval(draw(n)), geometricMean)));
  const plain = ({ draw, mean: trueMean }: Population, n: number) =>
    coverageText(shareOf(TRIALS, () => covers(meanInterval(draw(n)), trueMean)));
  const narrower = ({ draw, geometricMean, mean: trueMean }: Population, n: number) =>
    coverageText(
      shareOf(TRIALS, () => {
        const values = draw(n);
        const [a, b] = [geometricInterval(values), meanInterval(values)];
        if (a === null || b === null) return false;
        const aIsNarrower = (a.high - a.low) / a.estimate < (b.high - b.low) / b.estimate;
        return aIsNarrower ? covers(a, geometricMean) : covers(b, trueMean);
      }),
    );
  const rows = (cell: (population: Population, n: number) => string, populations = POPULATIONS) =>
    populations.map((population) => [population.name, (n: number) => cell(population, n)] as const);
  return [
    '## Over repeats',
    't on the logarithm, of the geometric mean: rate, percentiles, CPU per request, memory.',
    byRepeats('repeats’ figures', rows(log)),
    'Plain t, of the mean: overheads.',
    byRepeats('repeats’ figures', rows(plain)),
    'If the data chose the scale, the narrower of the two being taken:',
    byRepeats('repeats’ figures', rows(narrower, [normalFigures(), lognormalFigures(0.3), lognormalFigures(0.8)])),
  ].join('\n\n');
}

/** Two gateways in blocks, the first 3 % faster. */
function pairDrawer(
  seed: number,
  machine: Parameters<typeof blocksOf>[2],
  noise: (z: () => number, u: () => number) => number,
) {
  const random = uniform(seed);
  const z = normal(random);
  return (n: number): Pair[] => {
    const block = blocksOf(2, random, machine);
    return Array.from({ length: n }, () => {
      const figures = [0, 0];
      for (const { gateway, machine: speed } of block()) {
        figures[gateway] = (gateway === 0 ? 1030 : 1000) * Math.exp(speed + noise(z, random));
      }
      return { numerator: figures[0] ?? 0, denominator: figures[1] ?? 0 };
    });
  };
}

function ratios(): string {
  const quiet = { rho: 0, machineSpread: 0 };
  const machines = [
    ['quiet machine', quiet],
    ['drifting, ρ 0.5 from cell to cell', { rho: 0.5, machineSpread: 0.1 }],
    ['drifting, ρ 0.95', { rho: 0.95, machineSpread: 0.1 }],
    ['slower by 1 % with each cell', { rho: 0, machineSpread: 0, trend: -0.01 }],
  ] as const;
  const gaussian = (z: () => number) => 0.02 * z();
  const paired = machines.map(([name, machine]) => {
    const draw = pairDrawer(11, machine, gaussian);
    return [name, (n: number) => coverageText(shareOf(TRIALS, () => covers(ratioInterval(draw(n)), 1.03)))] as const;
  });
  const twoWay = pairDrawer(12, quiet, (z, u) => (u() < 0.5 ? 0 : 0.1) + 0.01 * z());
  const single = machines.map(([name, machine]) => {
    const draw = pairDrawer(13, machine, gaussian);
    // Its own mean, at the machine's mean speed; with a trend there is none.
    const cell = (n: number) =>
      coverageText(shareOf(TRIALS, () => covers(geometricInterval(draw(n).map(({ numerator }) => numerator)), 1030)));
    return [name, cell] as const;
  });
  const z = normal(uniform(14));
  const overheads = (directSpread: number, overUs: number) => (n: number) => {
    const draw = () =>
      Array.from({ length: n }, () => {
        const direct = directSpread * z();
        return { numerator: 1.5 * overUs + 100 * z() - direct, denominator: overUs + 100 * z() - direct };
      });
    let unbounded = 0;
    const coverage = shareOf(TRIALS, () => {
      const interval = fiellerInterval(draw());
      if (interval?.kind === 'unbounded') unbounded += 1;
      return interval?.kind === 'unbounded' || covers(interval, 1.5);
    });
    const rate = unbounded / TRIALS;
    return rate < 0.0005 ? coverageText(coverage) : `${coverageText(coverage)}, ${(100 * rate).toFixed(1)} unbounded`;
  };
  return [
    '## Ratios',
    'Of two gateways from pairs within random blocks, log-ratio t, true ratio 1.03, 2 % of noise beside the machine.',
    byRepeats('machine', [
      ...paired,
      [
        'each cell in one of two states 10 % apart',
        (n) => coverageText(shareOf(TRIALS, () => covers(ratioInterval(twoWay(n)), 1.03))),
      ],
    ]),
    'For comparison, one gateway’s own interval on the same machines (its mean at the machine’s mean speed):',
    byRepeats('machine', single.slice(0, 3)),
    'Of two overheads, Fieller, true ratio 1.5, each gateway’s latency with a standard deviation of 0.1 ms; unbounded intervals count as covering:',
    byRepeats('overhead, spread of direct', [
      ['1 ms, 0.06 ms', overheads(60, 1000)],
      ['1 ms, 0.5 ms', overheads(500, 1000)],
      ['0.1 ms, 0.06 ms', overheads(60, 100)],
    ]),
  ].join('\n\n');
}

const TRUE_DIFFERENCE = 0.03;

function controlDrawer(correlation: number, seed: number, controlMean = 0) {
  const z = normal(uniform(seed));
  return (n: number): Controlled[] =>
    Array.from({ length: n }, () => {
      const machine = z();
      return {
        value: TRUE_DIFFERENCE + 0.05 * (correlation * machine + Math.sqrt(1 - correlation ** 2) * z()),
        control: 0.05 * machine + controlMean,
      };
    });
}

function controls(): string {
  const repeats = REPEATS.filter((n) => n >= 4);
  const known = [0, 0.65, 0.9, 0.96].map((correlation) => {
    const draw = controlDrawer(correlation, 21);
    const cell = (n: number) => {
      const estimates: number[] = [];
      const widths: number[] = [];
      const coverage = shareOf(TRIALS, () => {
        const values = draw(n);
        const adjusted = controlledMean(values);
        const raw = meanInterval(values.map(({ value }) => value));
        if (adjusted === null || raw === null) return false;
        estimates.push(adjusted.estimate - TRUE_DIFFERENCE);
        widths.push((adjusted.high - adjusted.low) / (raw.high - raw.low));
        return covers(adjusted, TRUE_DIFFERENCE);
      });
      return `${coverageText(coverage)}; ${(100 * middle(estimates)).toFixed(2)}; ×${middle(widths).toFixed(2)}`;
    };
    return [`correlation ${correlation}`, cell] as const;
  });
  const centred = (correlation: number) => {
    const draw = controlDrawer(correlation, 22);
    return (n: number) =>
      coverageText(
        shareOf(TRIALS, () => {
          const values = draw(n);
          const centre = mean(values.map(({ control }) => control));
          return covers(
            controlledMean(values.map((each) => ({ ...each, control: each.control - centre }))),
            TRUE_DIFFERENCE,
          );
        }),
      );
  };
  const narrower = (n: number) => {
    const draw = controlDrawer(0.65, 23);
    return coverageText(
      shareOf(TRIALS, () => {
        const values = draw(n);
        const [raw, adjusted] = [meanInterval(values.map(({ value }) => value)), controlledMean(values)];
        if (raw === null || adjusted === null) return false;
        return covers(adjusted.high - adjusted.low < raw.high - raw.low ? adjusted : raw, TRUE_DIFFERENCE);
      }),
    );
  };
  const swayed = (correlation: number) => {
    const draw = controlDrawer(correlation, 24, 0.02);
    return (n: number) => coverageText(shareOf(TRIALS, () => covers(controlledMean(draw(n)), TRUE_DIFFERENCE)));
  };
  return [
    '## Control variate',
    'Ratio of two gateways’ CPU per request (logarithm 0.03, 5 % of spread a pair) with the difference of the machine’s speed before their cells as the ' +
      'control, whose mean is 0 because the order is random: coverage; median error in percent; median width beside that of the raw interval.',
    byRepeats('control', known, repeats),
    'What isn’t done, and why:',
    byRepeats(
      'instead',
      [
        ['control centred on its own mean, correlation 0.65', centred(0.65)],
        ['control centred on its own mean, correlation 0.96 (mock and engine)', centred(0.96)],
        ['the narrower of raw and adjusted, correlation 0.65', narrower],
        ['control 2 % off 0 (as if a gateway slowed the kernels after it), correlation 0.65', swayed(0.65)],
        ['the same, correlation 0.96', swayed(0.96)],
      ],
      repeats,
    ),
  ].join('\n\n');
}

function middle(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function within(): string {
  const rows = (
    [
      ['independent requests', 0, 0],
      ['seconds hang together, ρ 0.3', 0.3, 0.03],
      ['ρ 0.6', 0.6, 0.03],
      ['ρ 0.8', 0.8, 0.03],
      ['ρ 0.95', 0.95, 0.03],
    ] as const
  ).map(([name, rho, spread]) => {
    const random = uniform(31);
    const seen = { p50: 0, p99: 0 };
    const trials = 1500;
    for (let trial = 0; trial < trials; trial++) {
      const { whole, parts } = simulatedWindow(random, { seconds: 60, perSecond: 500, rho, spread });
      for (const [key, q, z] of [
        ['p50', 0.5, 0],
        ['p99', 0.99, 2.3263479],
      ] as const) {
        const bounds = percentileBounds(whole, q, parts[key]);
        const truthUs = 60_000 * Math.exp(z * Math.hypot(0.1, spread));
        if (bounds !== null && bounds.lowUs <= truthUs && truthUs <= bounds.highUs) seen[key] += 1;
      }
    }
    return [name, coverageText(seen.p50 / trials, 'at least 95'), coverageText(seen.p99 / trials, 'at least 95')];
  });
  return [
    '## Within one window',
    'Hahn and Meeker with batch means, a window of 60 s with 500 requests a second (1,500 trials). What a second has in common has a standard deviation of 3 %, one request of 10 %.',
    table(['requests', 'p50', 'p99'], rows),
  ].join('\n\n');
}

function families(): string {
  const machine = { rho: 0.8, machineSpread: 0.05 };
  const falseShare = (rates: readonly number[], corrected: boolean) => (n: number) => {
    const draw = simulatedRuns({ rates, repeats: n, noise: 0.02, machine }, uniform(41));
    const trueRate = (label: string) => rates[Number(label.slice(1)) - 1] ?? 0;
    const share = shareOf(2000, () =>
      compareGateways({ until: null }, draw()).some(({ pairs }) =>
        pairs.some(({ a, b, verdict, ratio }) => {
          const [ra, rb] = [trueRate(a), trueRate(b)];
          if (!corrected) return ratio !== null && (ratio.low > 1 || ratio.high < 1) && ra === rb;
          return verdict.kind === 'difference' && (verdict.better === 'a' ? ra <= rb : rb <= ra);
        }),
      ),
    );
    return (100 * share).toFixed(1);
  };
  const ranksHold = (rates: readonly number[]) => (n: number) => {
    const draw = simulatedRuns({ rates, repeats: n, noise: 0.02, machine }, uniform(42));
    const share = shareOf(2000, () => {
      const level = compareGateways({ until: null }, draw())[0];
      return (
        level?.ranks.every(({ label, best, worst }) => {
          const own = rates[Number(label.slice(1)) - 1] ?? 0;
          // Equal gateways share the places that they fill.
          const first = 1 + rates.filter((rate) => rate > own).length;
          const last = rates.filter((rate) => rate >= own).length;
          return best <= first && worst >= last;
        }) === true
      );
    });
    return (100 * share).toFixed(1);
  };
  const equal = (count: number) => new Array<number>(count).fill(1000);
  const repeats = [3, 5, 10];
  return [
    '## Differences called, and ranks',
    'Levels in percent in which any difference is called that isn’t there, or the wrong way round (2,000 trials; promised: at most 5).',
    byRepeats(
      'gateways',
      [
        ['2, equal', falseShare(equal(2), true)],
        ['4, equal', falseShare(equal(4), true)],
        ['8, equal', falseShare(equal(8), true)],
        ['4, two pairs of equals', falseShare([1000, 1000, 1200, 1200], true)],
        ['4, equal, if every interval without 1 were called one', falseShare(equal(4), false)],
        ['8, equal, if every interval without 1 were called one', falseShare(equal(8), false)],
      ],
      repeats,
    ),
    'Levels in percent in which every gateway’s true place is among its ranks (promised: at least 95):',
    byRepeats(
      'gateways',
      [
        ['4, 2 % apart', ranksHold([1000, 1020, 1040, 1060])],
        ['8, two and two equal, 5 % apart', ranksHold([1000, 1000, 1050, 1050, 1100, 1100, 1150, 1150])],
      ],
      repeats,
    ),
  ].join('\n\n');
}

function againstItself(): string {
  const machine = { rho: 0.8, machineSpread: 0.05 };
  const pairs = 2000;
  const differing = (withFloor: boolean, noise: number) => (n: number) => {
    const draw = simulatedRuns({ rates: [1000, 1000], repeats: n, noise, machine }, uniform(61));
    const floor = () => {
      const ratio = compareGateways({ until: null }, draw())[0]?.pairs[0]?.ratio;
      return ratio == null ? null : Math.max(ratio.high, 1 / ratio.low) - 1;
    };
    const share = shareOf(pairs, () => {
      const measured = withFloor ? floor() : null;
      return compareGateways({ until: null }, draw(), () => measured).some((level) =>
        level.pairs.some(({ verdict }) => verdict.kind === 'difference'),
      );
    });
    return (100 * share).toFixed(1);
  };
  const repeats = [3, 5, 10];
  return [
    '## A gateway against itself',
    `Of ${pairs.toLocaleString('en-US')} A/A pairs, percent that are called different (promised: at most 5), on a machine that drifts from cell to cell (ρ 0.8, 5 %).`,
    byRepeats(
      'noise of a cell beside the machine’s',
      [
        ['2 %', differing(false, 0.02)],
        ['2 %, with the floor of another A/A run', differing(true, 0.02)],
        ['0.3 %', differing(false, 0.003)],
        ['0.3 %, with the floor of another A/A run', differing(true, 0.003)],
      ],
      repeats,
    ),
  ].join('\n\n');
}

const MAX_REPEATS = 10;

/** Figures until half of the interval is at most the target, as `--until` looks at them. */
function stoppedAt({ draw }: Population, level: number, targetShare: number) {
  const values = draw(MAX_REPEATS);
  for (let n = 3; ; n++) {
    const interval = geometricInterval(values.slice(0, n), level);
    if (interval === null) throw new Error('no interval');
    if (n === MAX_REPEATS || interval.high / interval.estimate - 1 <= targetShare) return interval;
  }
}

function untilKnown(): string {
  const level = nominalLevel(0.95, 3, MAX_REPEATS);
  const populations = [normalFigures(), lognormalFigures(0.05), autocorrelatedWithin(0.9), bimodalFigures(0.5, 2)];
  const rows = populations.flatMap((population) =>
    [0.02, 0.05, 0.1].map((target) => {
      const repeats: number[] = [];
      const cover = (each: number) =>
        coverageText(
          shareOf(TRIALS, () => {
            const interval = stoppedAt(population, each, target);
            if (each === level) repeats.push(interval.n);
            return covers(interval, population.geometricMean);
          }),
          'at least 95',
        );
      const [naive, repeated] = [cover(0.95), cover(level)];
      return [`${population.name}, ± ${100 * target} %`, naive, repeated, mean(repeats).toFixed(1)];
    }),
  );
  const anyLook = populations.map((population) => {
    const all = (each: number) =>
      coverageText(
        shareOf(TRIALS, () => {
          const values = population.draw(MAX_REPEATS);
          for (let n = 3; n <= MAX_REPEATS; n++) {
            if (!covers(geometricInterval(values.slice(0, n), each), population.geometricMean)) return false;
          }
          return true;
        }),
      );
    return [population.name, all(0.95), all(level)];
  });
  const machine = { rho: 0.8, machineSpread: 0.05 };
  const falseRuns = (corrected: boolean) => {
    const until: Until = {
      targets: [{ metric: 'rate', halfWidthShare: 0.05 }],
      minRepeats: 3,
      maxRepeats: MAX_REPEATS,
    };
    const rates = new Array<number>(4).fill(1000);
    const draw = simulatedRuns({ rates, repeats: MAX_REPEATS, noise: 0.02, machine }, uniform(43), until);
    const share = shareOf(1500, () =>
      compareGateways({ until: corrected ? until : null }, draw()).some(({ pairs }) =>
        pairs.some(({ verdict }) => verdict.kind === 'difference'),
      ),
    );
    return (100 * share).toFixed(1);
  };
  return [
    '## Until it is known',
    `After 3 to ${MAX_REPEATS} repeats, at the first half-width that is small enough: coverage if each look’s interval had 95 %, of the repeated confidence ` +
      `interval (each look’s ${(100 * level).toFixed(2)} %), and how many repeats that took on average.`,
    table(['figures, target', '95 % at each look', 'repeated', 'repeats'], rows),
    'Runs whose intervals cover at all looks, so that any rule may stop them:',
    table(['figures', '95 % at each look', 'repeated'], anyLook),
    `Runs of four equal gateways on a drifting machine, each repeated until ± 5 %, in which any difference is called: ${falseRuns(true)} % (promised: at most 5), and ` +
      `${falseRuns(false)} % if it weren’t allowed for that they were looked at after each repeat.`,
  ].join('\n\n');
}

it('writes docs/coverage.md', () => {
  const parts = [
    '# Coverage by simulation',
    'Made by `npm run simulate`; seeded, so it comes out the same each time. What the methods are: [Methodology](methodology.md#intervals).',
    `Coverage is the percentage of ${TRIALS.toLocaleString('en-US')} simulated runs (unless said otherwise) whose 95 % interval holds the true value. In brackets: more than 1.5 off 95, so ` +
      'the interval doesn’t promise there what it says.',
    betweenRepeats(),
    ratios(),
    controls(),
    within(),
    families(),
    againstItself(),
    untilKnown(),
    changePointTables(),
  ];
  writeFileSync(join(PACKAGE_ROOT, 'docs', 'coverage.md'), `${parts.join('\n\n')}\n`);
});
