import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newHistogram, percentileUs, recordUs } from '../../../common/histogram.js';
import { unread } from '../../../src/load/k6/host-cpu.js';
import { type HostSegment, mergeSegments } from '../../../src/load/k6/result.js';
import { LoadResult } from '../../../src/model/load.js';

/** A VU's requests, as its latencies imply them. */
function aVu(okUs: number[], failedUs: number[] = [], inFlightAtEnd = 0): HostSegment['vus'][number] {
  return {
    endMs: 10_000,
    windowMs: 2_000,
    firstMs: 1,
    sent: okUs.length + failedUs.length + inFlightAtEnd,
    ok: okUs.length,
    warmUp: { sent: 10, ok: 9 },
    inFlightAtEnd,
    inFlightMs: 1_000,
    failed: failedUs.length === 0 ? {} : { http_5xx: failedUs.length },
    codes: failedUs.length === 0 ? {} : { '503': failedUs.length },
    examples: failedUs.length === 0 ? {} : { http_5xx: { status: 503, detail: 'overloaded' } },
    latenciesUs: { ok: okUs, firstByte: okUs.map((us) => us - 1), failed: failedUs, raw: [], okEnd: [], failedEnd: [] },
  };
}

const cpu = { cpus: 4, cpuPercentMean: 120, hostBusyShare: 0.35, absent: {} };

const host = (name: string, vus: HostSegment['vus']): HostSegment => ({
  host: name,
  clockUncertaintyMs: 1.5,
  cpu: name === 'b' ? unread('no /proc') : cpu,
  vus,
});

describe('mergeSegments', () => {
  it('has the percentiles of all latencies together, however they are spread over hosts and VUs', () => {
    const latencies = fc.array(fc.integer({ min: 2, max: 5_000_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(fc.array(latencies, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        (all) => {
          const merged = mergeSegments(
            all.map((vus, at) =>
              host(
                `host-${at}`,
                vus.map((times) => aVu(times)),
              ),
            ),
            2,
          );
          const one = newHistogram();
          for (const us of all.flat(2)) recordUs(one, us);
          expect(merged.latencyUs?.count ?? 0).toBe(all.flat(2).length);
          for (const [name, q] of [
            ['p50', 0.5],
            ['p99', 0.99],
          ] as const) {
            expect(merged.latencyUs?.[name] ?? 0).toBe(percentileUs(one, q));
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is not the mean of the hosts’ percentiles', () => {
    const fast = host('a', [aVu(Array.from({ length: 99 }, () => 1_000))]);
    const slow = host('b', [aVu([100_000])]);
    expect(mergeSegments([fast, slow], 2).latencyUs?.p50).toBe(1_000);
  });

  it('sums what was counted, and keeps each host’s part', () => {
    const result = mergeSegments([host('a', [aVu([5, 6], [7], 1), aVu([8])]), host('b', [aVu([9], [10, 11], 1)])], 2);
    expect(LoadResult.parse(result)).toEqual(result);
    expect(result.requests).toEqual({
      sent: 9,
      ok: 4,
      failed: { http_5xx: 3 },
      inFlightAtEnd: 2,
      inFlightAtStart: 0,
      statusCodes: { '503': 3 },
    });
    expect(result.hosts).toEqual([
      { host: 'a', vus: 2, sent: 5, ok: 3, failed: 1, inFlightAtEnd: 1, clockUncertaintyMs: 1.5, ...cpu },
      {
        host: 'b',
        vus: 1,
        sent: 4,
        ok: 1,
        failed: 2,
        inFlightAtEnd: 1,
        clockUncertaintyMs: 1.5,
        ...unread('no /proc'),
      },
    ]);
    // Three VUs with a warm-up each, and a request of each host before it begins.
    expect(result.wholeLoad).toEqual({ ok: 4 + 27, sentAtMost: 9 + 30 + 2 });
    expect(result.meanInFlight).toBe(1.5);
    expect(result.meanResponseUs).toBeCloseTo((5 + 6 + 7 + 8 + 9 + 10 + 11) / 7, 9);
    expect(result.failureExamples).toEqual(['http_5xx 503: overloaded']);
    expect(result.absent['resources.engine']).toMatch(/other hosts/);
  });

  it('refuses requests that don’t add up', () => {
    expect(() => mergeSegments([host('a', [{ ...aVu([5]), sent: 2 }])], 2)).toThrow(/does not balance/);
    expect(() => mergeSegments([host('a', [{ ...aVu([5]), ok: 2, sent: 2 }])], 2)).toThrow(/does not balance/);
  });
});
