import { expect, it } from 'vitest';
import type { LoadProgress } from '../../src/load/engine.js';
import { addSecond, emptySeries, type SeriesState } from '../../src/watch/load-series.js';

const second = (phase: LoadProgress['phase'], atS: number, ratePerSec: number | null, p99Us: number | null = null) => ({
  phase,
  atS,
  ratePerSec,
  p99Us,
  failed: 0,
});
const seriesOf = (load: { warmupS: number; durationS: number }, seconds: LoadProgress[]) =>
  seconds.reduce((state: SeriesState, each) => addSecond(state, each, 'native'), emptySeries(load)).series;

it('puts the seconds of the window behind those of the warm-up', () => {
  const seconds = [second('warmup', 1, 100, 5_000), second('warmup', 2, 200, 6_000), second('window', 1, 300, 7_000.4)];
  expect(seriesOf({ warmupS: 2, durationS: 4 }, seconds)).toEqual({
    warmupS: 2,
    durationS: 4,
    bucketS: 1,
    buckets: 6,
    ratesPerSec: [100, 200, 300],
    p99sUs: [5_000, 6_000, 7_000],
    silent: null,
  });
});

it('leaves a gap for a second that nobody told of, and for a p99 that there is none of', () => {
  const { ratesPerSec, p99sUs } = seriesOf({ warmupS: 0, durationS: 4 }, [
    second('window', 1, 0),
    second('window', 3, 9, 1),
  ]);
  expect([ratesPerSec, p99sUs]).toEqual([
    [0, null, 9],
    [null, null, 1],
  ]);
});

it('takes the mean rate and the highest p99 of a second that comes in two parts, or of several in a bucket', () => {
  const split = [second('warmup', 0.5, 100, 9_000), second('window', 0.5, 300, 4_000)];
  expect(seriesOf({ warmupS: 0.5, durationS: 3 }, split)).toMatchObject({ ratesPerSec: [200], p99sUs: [9_000] });
  const hour = Array.from({ length: 24 }, (_, at) => second('window', at + 1, at, at * 1_000));
  expect(seriesOf({ warmupS: 0, durationS: 3_600 }, hour)).toMatchObject({
    bucketS: 12,
    buckets: 300,
    ratesPerSec: [5.5, 17.5],
    p99sUs: [11_000, 23_000],
  });
});

it('puts a second beyond the end into the last bucket', () => {
  const { ratesPerSec, buckets } = seriesOf({ warmupS: 0, durationS: 1.5 }, [second('window', 99, 7)]);
  expect([ratesPerSec, buckets]).toEqual([[null, 7], 2]);
});

it('says why there is nothing where the engine tells at its end only', () => {
  const silent = addSecond(emptySeries({ warmupS: 1, durationS: 2 }), second('window', 1, null), 'k6');
  expect(silent.series).toMatchObject({ silent: 'k6 reports its figures at its end only', ratesPerSec: [] });
  expect(addSecond(silent, second('window', 2, null), 'k6')).toBe(silent);
});
