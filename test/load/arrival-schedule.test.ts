import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newRandom } from '../../common/random.js';
import { ArrivalSchedule, type RateSegment } from '../../src/load/arrival-schedule.js';

const ALONE = { worker: 0, workers: 1 };

function timesS(schedule: ArrivalSchedule): number[] {
  const times: number[] = [];
  for (; schedule.nextUs !== Number.POSITIVE_INFINITY; schedule.advance()) times.push(schedule.nextUs / 1e6);
  return times;
}

const steady = (durationS: number, ratePerSec: number): RateSegment => ({
  durationS,
  fromPerSec: ratePerSec,
  toPerSec: ratePerSec,
});

it('spaces constant arrivals evenly', () => {
  expect(timesS(new ArrivalSchedule([steady(1, 4)], ALONE, null))).toEqual([0, 0.25, 0.5, 0.75]);
});

it('shares constant arrivals among workers: together they are those of one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 300 }), (workers, ratePerSec) => {
      const all = timesS(new ArrivalSchedule([steady(2, ratePerSec)], ALONE, null));
      const shared = Array.from({ length: workers }, (_, worker) =>
        timesS(new ArrivalSchedule([steady(2, ratePerSec)], { worker, workers }, null)),
      );
      expect(shared.flat().sort((a, b) => a - b)).toEqual(all);
    }),
  );
});

it('has as many arrivals in a ramp as the integral of its rate, and they grow denser', () => {
  const ramp = [steady(1, 0), { durationS: 10, fromPerSec: 0, toPerSec: 100 }, steady(1, 100)];
  const times = timesS(new ArrivalSchedule(ramp, ALONE, null));
  expect(times).toHaveLength(600);
  // t^2 * 5 arrivals until t seconds into the ramp.
  expect(times.filter((time) => time < 6)).toHaveLength(125);
  expect(times[0]).toBe(1);
});

it('draws a Poisson process: mean and variance of the count are the rate, and gaps have no memory', () => {
  const times = timesS(new ArrivalSchedule([steady(2000, 50)], ALONE, newRandom(3)));
  const counts = new Array<number>(2000).fill(0);
  for (const time of times) counts[Math.floor(time)] = (counts[Math.floor(time)] ?? 0) + 1;
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  expect(mean).toBeCloseTo(50, 0);
  expect(variance / mean).toBeGreaterThan(0.9);
  expect(variance / mean).toBeLessThan(1.1);
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
  expect(gaps.filter((gap) => gap > 1 / 50).length / gaps.length).toBeCloseTo(Math.exp(-1), 2);
});
