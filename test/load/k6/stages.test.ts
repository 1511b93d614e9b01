import fc from 'fast-check';
import { expect, it } from 'vitest';
import { percentileOf } from '../../../common/nearest-rank.js';
import type { VuAccount } from '../../../src/load/k6/log.js';
import { k6Stages } from '../../../src/load/k6/stages.js';

const WARMUP_S = 5;
const STAGES = [
  { durationS: 2, from: 10, to: 10 },
  { durationS: 1, from: 50, to: 50 },
  { durationS: 3, from: 50, to: 10 },
];
const WINDOW_S = 6;

interface Ended {
  endUs: number;
  us: number;
  good: boolean;
}

/** A VU whose responses ended so, in their order. */
function aVu(ended: readonly Ended[]): VuAccount {
  const [ok, failed] = [ended.filter(({ good }) => good), ended.filter(({ good }) => !good)];
  const latenciesUs = {
    ok: ok.map(({ us }) => us),
    okEnd: ok.map(({ endUs }) => endUs),
    failed: failed.map(({ us }) => us),
    failedEnd: failed.map(({ endUs }) => endUs),
    firstByte: [],
    raw: [],
  };
  const counts = { sent: ended.length, ok: ok.length, inFlightAtEnd: 0, inFlightMs: 0 };
  const rest = { endMs: 0, windowMs: 6_000, firstMs: 0, warmUp: null, failed: {}, codes: {}, examples: {} };
  return { ...rest, ...counts, latenciesUs };
}

const anEnd = fc.record({
  endUs: fc.integer({ min: 0, max: WINDOW_S * 1e6 - 1 }),
  us: fc.integer({ min: 1, max: 2_000_000 }),
  good: fc.boolean(),
});

it('has each response in the second and the stage in which it ended, whichever VU it is of', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anEnd, { maxLength: 40 }), { maxLength: 5 }), (vus) => {
      const { seconds, stages } = k6Stages(vus.map(aVu), { stages: STAGES, warmupS: WARMUP_S }, WINDOW_S);
      const all = vus.flat();
      expect(seconds.map(({ second, phase }) => [second, phase])).toEqual(
        Array.from({ length: WINDOW_S }, (_, at) => [WARMUP_S + at, 'window']),
      );
      for (const { second, ok, failed, p50Us, p99Us } of seconds) {
        const inIt = all.filter(({ endUs }) => Math.floor(endUs / 1e6) === second - WARMUP_S);
        const sorted = inIt.filter(({ good }) => good).map(({ us }) => us);
        sorted.sort((a, b) => a - b);
        expect([ok, failed]).toEqual([sorted.length, inIt.length - sorted.length]);
        expect([p50Us, p99Us]).toEqual([percentileOf(sorted, 0.5), percentileOf(sorted, 0.99)]);
      }
      expect(stages.map(({ atS, durationS, from, to }) => ({ atS, durationS, from, to }))).toEqual(
        STAGES.map((stage, at) => ({ atS: [0, 2, 3][at], ...stage })),
      );
      for (const { atS, durationS, ok, failed, latencyUs } of stages) {
        const inIt = all.filter(({ endUs }) => endUs >= atS * 1e6 && endUs < (atS + durationS) * 1e6);
        expect(ok).toBe(inIt.filter(({ good }) => good).length);
        expect(failed).toBe(inIt.length - ok);
        expect(latencyUs?.count ?? 0).toBe(ok);
      }
    }),
    // Each makes three histograms.
    { numRuns: 25 },
  );
});
