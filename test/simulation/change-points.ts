import { type ChangePoint, changePoints } from '../../src/analysis/statistics/change-points.js';
import { differenceInterval } from '../../src/analysis/statistics/two-samples.js';
import { THRESHOLDS } from '../../src/analysis/thresholds.js';
import { normal, uniform } from '../support/noise.js';
import { covers, firstOrder, shareOf } from '../support/simulation.js';
import { byRepeats, coverageText, table } from './tables.js';

const { falseAlarms, minLength } = THRESHOLDS.history;
const TRIALS = 500;
const RUNS = [8, 12, 20, 40];

type Noise = () => number;

const found = (values: readonly number[], allowed: number = falseAlarms): ChangePoint[] =>
  changePoints(values, { falseAlarms: allowed, minLength });

const percent = (share: number) => (100 * share).toFixed(1);

/** Noise of logarithms: each call makes that of a new series. */
function noises(seed: number): Record<string, () => Noise> {
  const random = uniform(seed);
  const z = normal(random);
  return {
    'normal, 1 %': () => () => 0.01 * z(),
    'normal, 3 %': () => () => 0.03 * z(),
    'normal, 5 %': () => () => 0.05 * z(),
    'skewed (exponential), 5 %': () => () => -0.05 * Math.log(1 - random()),
    'two states 10 % apart': () => () => (random() < 0.5 ? 0 : 0.1) + 0.01 * z(),
    'one run in ten 30 % off': () => () => (random() < 0.1 ? 0.3 : 0) + 0.03 * z(),
  };
}

function dependent(seed: number): Record<string, () => Noise> {
  const z = normal(uniform(seed));
  const chained = (rho: number) => () => {
    const next = firstOrder(rho, z);
    return () => 0.03 * next();
  };
  const drifting = (perRun: number) => () => {
    let run = 0;
    return () => perRun * run++ + 0.03 * z();
  };
  return {
    'hangs together from run to run, ρ 0.2': chained(0.2),
    'ρ 0.5': chained(0.5),
    'ρ 0.9': chained(0.9),
    'drifts by 0.2 % a run': drifting(0.002),
    'drifts by 1 % a run': drifting(0.01),
  };
}

function alarmRows(kinds: Record<string, () => Noise>) {
  return Object.entries(kinds).map(
    ([name, start]) =>
      [
        name,
        (n: number) =>
          percent(
            shareOf(TRIALS, () => {
              const noise = start();
              return found(Array.from({ length: n }, noise)).length > 0;
            }),
          ),
      ] as const,
  );
}

interface Step {
  before: number;
  after: number;
  share: number;
  noise: number;
  /** Series that are shown together. */
  series: number;
}

function detection({ before, after, share, noise, series }: Step, z: Noise): string[] {
  let [near, more, covered, seen] = [0, 0, 0, 0];
  for (let trial = 0; trial < TRIALS; trial++) {
    const values = Array.from(
      { length: before + after },
      (_, at) => (at < before ? 0 : Math.log1p(share)) + noise * z(),
    );
    const points = found(values, falseAlarms / series);
    const own = points.find(({ at }) => Math.abs(at - before) <= 1);
    if (own !== undefined) near += 1;
    if (points.length > 1) more += 1;
    if (own === undefined || points.length !== 1) continue;
    seen += 1;
    const interval = differenceInterval(values.slice(0, own.at), values.slice(own.at));
    if (covers(interval, Math.log1p(share))) covered += 1;
  }
  return [percent(near / TRIALS), percent(more / TRIALS), seen < 200 ? '–' : coverageText(covered / seen)];
}

function detections(): string {
  const z = normal(uniform(73));
  const shapes = [
    [4, 4],
    [6, 6],
    [8, 8],
    [10, 10],
    [10, 3],
    [10, 4],
    [10, 6],
    [20, 5],
  ] as const;
  const rows = shapes.map(([before, after]) => {
    const at = (share: number, noise: number, series: number) => detection({ before, after, share, noise, series }, z);
    const [near = '', more = '', covered = ''] = at(0.1, 0.03, 1);
    return [`${before} and ${after}`, near, more, covered, at(0.1, 0.03, 5)[0] ?? '', at(0.05, 0.03, 1)[0] ?? ''];
  });
  return table(
    ['runs before and after', '10 % found', 'and another', 'interval covers', '10 %, of 5 series', '5 % found'],
    rows,
  );
}

/** A step up, and back after so many runs. */
function thereAndBack(): string {
  const z = normal(uniform(74));
  const rows = [4, 6, 8].map((length) => {
    const both = shareOf(TRIALS, () => {
      const values = Array.from(
        { length: 3 * length },
        (_, at) => (Math.floor(at / length) === 1 ? Math.log1p(0.1) : 0) + 0.03 * z(),
      );
      const places = found(values).map(({ at }) => at);
      return [length, 2 * length].every((place) => places.some((at) => Math.abs(at - place) <= 1));
    });
    return [`${length}, ${length} and ${length}`, percent(both)];
  });
  return table(['runs before, between and after', 'both found'], rows);
}

/** What `history` finds, and finds that isn't there. */
export function changePointTables(): string {
  return [
    '## Change points',
    `Histories in percent in which any change is found although nothing has changed (${TRIALS.toLocaleString('en-US')} trials; promised: at most ${100 * falseAlarms}).`,
    byRepeats('noise of the runs', alarmRows(noises(71)), RUNS),
    'The same where runs depend on one another, of which nothing is promised: what drifts does go over to other levels.',
    byRepeats('noise of 3 %', alarmRows(dependent(72)), RUNS),
    'Of one true change, in noise of 3 %: histories in percent in which it is found, at most one run off; those in which another is found besides; and, of those ' +
      'in which it alone is found, how often the 95 % interval of its size holds the true one.',
    detections(),
    'Of a step of 10 % and back again, in noise of 3 %:',
    thereAndBack(),
  ].join('\n\n');
}
