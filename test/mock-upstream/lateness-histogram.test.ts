import fc from 'fast-check';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, test } from 'vitest';
import {
  encodeLateness,
  newLatenessHistogram,
  recordLateness,
  summariseLateness,
} from '../../mock-upstream/lateness-histogram.js';

function encoded(latenessesMs: readonly number[]): string {
  const histogram = newLatenessHistogram();
  for (const latenessMs of latenessesMs) recordLateness(histogram, latenessMs);
  return encodeLateness(histogram);
}

describe('lateness histogram', () => {
  test('nothing recorded', () => {
    expect(summariseLateness([encoded([])])).toMatchObject({ count: 0, p50: 0, p90: 0, p99: 0, max: 0 });
  });

  test('percentiles are values at ranks, in microseconds, over all processes', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => (i + 1) / 1000);
    const summary = summariseLateness([encoded(hundred.slice(0, 30)), encoded(hundred.slice(30))]);
    expect(summary).toMatchObject({ count: 100, p50: 50, p90: 90, p99: 99, max: 100 });
    expect(decodeFromCompressedBase64(summary.histogram, 32, false).totalCount).toBe(100);
  });

  test('what no clock should show is kept at the bounds', () => {
    expect(summariseLateness([encoded([-1, 1e9])])).toMatchObject({ count: 2, p50: 0 });
  });

  test('nearest rank, for any values below 2 ms, where each microsecond is a step of its own', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 300 }), (valuesUs) => {
        const sorted = valuesUs.toSorted((a, b) => a - b);
        const atRank = (percent: number) => sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1];
        expect(summariseLateness([encoded(valuesUs.map((us) => us / 1000))])).toMatchObject({
          count: sorted.length,
          p50: atRank(50),
          p90: atRank(90),
          p99: atRank(99),
          max: sorted.at(-1),
        });
      }),
    );
  });
});
