import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecordedSchedule, type Recording } from '../../src/load/recorded-schedule.js';

const ALONE = { worker: 0, workers: 1 };
/** Three requests in 2 s, and a second until they begin again. */
const RECORDING: Recording = { recordedS: [0, 0.5, 2], periodS: 3, warmupS: 0, durationS: 3 };

/** Each arrival's time in seconds, and its request. */
function arrivalsOf(schedule: RecordedSchedule): [number, number][] {
  const arrivals: [number, number][] = [];
  for (; schedule.nextUs !== Number.POSITIVE_INFINITY; schedule.advance()) {
    arrivals.push([schedule.nextUs / 1e6, schedule.request]);
  }
  return arrivals;
}

const of = (over: Partial<Recording>, share = ALONE) =>
  arrivalsOf(new RecordedSchedule({ ...RECORDING, ...over }, share));

it('has each request at its time', () => {
  expect(of({})).toEqual([
    [0, 0],
    [0.5, 1],
    [2, 2],
  ]);
});

it('ends with the window, and begins the recording again where that lasts longer', () => {
  expect(of({ durationS: 1 })).toEqual([
    [0, 0],
    [0.5, 1],
  ]);
  expect(of({ durationS: 4 })).toEqual([
    [0, 0],
    [0.5, 1],
    [2, 2],
    [3, 0],
    [3.5, 1],
  ]);
});

it('begins the window with the first request, wherever the warm-up had come to', () => {
  expect(of({ warmupS: 1, durationS: 3 })).toEqual([
    [0, 0],
    [0.5, 1],
    [1, 0],
    [1.5, 1],
    [3, 2],
  ]);
  expect(of({ warmupS: 3.2, durationS: 1 })).toEqual([
    [0, 0],
    [0.5, 1],
    [2, 2],
    [3, 0],
    [3.2, 0],
    [3.7, 1],
  ]);
});

it('keeps requests of one moment in their order', () => {
  expect(of({ recordedS: [0, 0, 0, 1], durationS: 1 })).toEqual([
    [0, 0],
    [0, 1],
    [0, 2],
  ]);
});

it('is shared among workers: together they have the arrivals of one', () => {
  const recording = fc.record({
    gapsS: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 }),
    warmupS: fc.integer({ min: 0, max: 5 }),
    durationS: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(recording, fc.integer({ min: 1, max: 4 }), ({ gapsS, warmupS, durationS }, workers) => {
      const recordedS = [0];
      for (const gapS of gapsS) recordedS.push((recordedS.at(-1) ?? 0) + gapS);
      const whole = { recordedS, periodS: (recordedS.at(-1) ?? 0) + 1, warmupS, durationS };
      const all = of(whole);
      const shared = Array.from({ length: workers }, (_, worker) => of(whole, { worker, workers }));
      const inOrder = (arrivals: [number, number][]) => arrivals.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(inOrder(shared.flat())).toEqual(inOrder(all));
    }),
  );
});
