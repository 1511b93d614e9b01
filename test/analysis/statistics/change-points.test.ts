import { describe, expect, it } from 'vitest';
import { changePoints } from '../../../src/analysis/statistics/change-points.js';
import { normal, uniform } from '../../support/noise.js';
import { shareOf } from '../../support/simulation.js';

const OPTIONS = { falseAlarms: 0.05, minLength: 3 };
const TRIALS = 200;

/** Logarithms of figures: levels in turn, each for so many runs, with noise. */
function series(
  levels: readonly (readonly [count: number, share: number])[],
  noise: number,
  z: () => number,
): number[] {
  return levels.flatMap(([count, share]) => Array.from({ length: count }, () => Math.log1p(share) + noise * z()));
}

const placesOf = (values: readonly number[]) => changePoints(values, OPTIONS).map(({ at }) => at);

describe('changePoints', () => {
  it('finds where a level ends, and nothing else', () => {
    const z = normal(uniform(1));
    expect(
      placesOf(
        series(
          [
            [10, 0],
            [10, 0.2],
          ],
          0.01,
          z,
        ),
      ),
    ).toEqual([10]);
    expect(
      placesOf(
        series(
          [
            [8, 0],
            [8, -0.2],
            [8, 0],
          ],
          0.01,
          z,
        ),
      ),
    ).toEqual(expect.arrayContaining([8, 16]));
    expect(
      placesOf(
        series(
          [
            [10, 0],
            [3, 0.3],
          ],
          0.01,
          z,
        ),
      ),
    ).toEqual([10]);
  });

  it('finds none in what is constant, too short, or nothing', () => {
    expect(placesOf(new Array<number>(30).fill(5))).toEqual([]);
    expect(placesOf([1, 1, 2])).toEqual([]);
    expect(placesOf([])).toEqual([]);
  });

  it('says the same of the same values, whatever their unit', () => {
    const z = normal(uniform(3));
    const values = series(
      [
        [9, 0],
        [9, 0.08],
      ],
      0.03,
      z,
    );
    const found = changePoints(values, OPTIONS);
    expect(changePoints(values, OPTIONS)).toEqual(found);
    expect(
      changePoints(
        values.map((value) => 1000 * value + 7),
        OPTIONS,
      ),
    ).toEqual(found);
  });

  it('finds a change in few constant series, whatever the form of their noise', () => {
    const random = uniform(4);
    const z = normal(random);
    const noises = {
      normal: () => 0.05 * z(),
      skewed: () => Math.exp(z()),
      twoStates: () => (random() < 0.5 ? 0 : 0.1) + 0.01 * z(),
      oddRuns: () => (random() < 0.1 ? 0.4 : 0) + 0.01 * z(),
    };
    for (const [name, noise] of Object.entries(noises)) {
      for (const n of [8, 16]) {
        const share = shareOf(TRIALS, () => placesOf(Array.from({ length: n }, noise)).length > 0);
        // 5 %, and three standard errors of 200 trials.
        expect(share, `${name}, n = ${n}`).toBeLessThanOrEqual(0.097);
      }
    }
  });

  it('finds a step of 10 % in noise of 3 %, near to where it is', () => {
    const z = normal(uniform(5));
    const share = shareOf(TRIALS, () =>
      placesOf(
        series(
          [
            [10, 0],
            [10, 0.1],
          ],
          0.03,
          z,
        ),
      ).some((at) => Math.abs(at - 10) <= 1),
    );
    expect(share).toBeGreaterThanOrEqual(0.9);
  });

  it('finds less where less is allowed by chance', () => {
    const z = normal(uniform(6));
    const drawn = Array.from({ length: 60 }, () =>
      series(
        [
          [6, 0],
          [6, 0.06],
        ],
        0.03,
        z,
      ),
    );
    const found = (falseAlarms: number) =>
      drawn.filter((values) => changePoints(values, { falseAlarms, minLength: 3 }).length > 0).length;
    expect(found(0.002)).toBeLessThan(found(0.2));
  });
});
