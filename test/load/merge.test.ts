import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHistogram, newHistogram, recordUs } from '../../common/histogram.js';
import { mergeOutcomes, type WorkerOutcome } from '../../src/load/merge.js';

function outcome(okUs: number[], failedUs: number[], rest: Partial<WorkerOutcome> = {}): WorkerOutcome {
  const encoded = (values: number[]) => {
    const histogram = newHistogram();
    for (const value of values) recordUs(histogram, value);
    return encodeHistogram(histogram);
  };
  return {
    requests: {
      sent: okUs.length + failedUs.length + 1,
      ok: okUs.length,
      failed: failedUs.length === 0 ? {} : { http_5xx: failedUs.length },
      inFlightAtEnd: 1,
      inFlightAtStart: 1,
      statusCodes: failedUs.length === 0 ? {} : { 503: failedUs.length },
    },
    wholeLoad: { ok: 2 * okUs.length, sentAtMost: 3 * okUs.length },
    okHistogram: encoded(okUs),
    failedHistogram: encoded(failedUs),
    firstByteHistogram: encoded(okUs.map((us) => us / 2)),
    connectHistogram: encoded([7]),
    classes: [],
    responseUsSum: [...okUs, ...failedUs].reduce((sum, value) => sum + value, 0),
    inFlightUsSum: 9_000_000,
    backOffUsSum: 2_250_000,
    completions: okUs.length + failedUs.length,
    bytesReceived: 1000,
    closedAtUs: 5_000_000,
    failureExamples: failedUs.length === 0 ? [] : ['http_5xx 503: no'],
    eventLoopUtilisation: 0.2,
    ...rest,
  };
}

describe('mergeOutcomes', () => {
  it('adds histograms instead of averaging percentiles', () => {
    const fast = outcome(
      Array.from({ length: 99 }, () => 100),
      [],
    );
    const slow = outcome([10_000], [20_000, 30_000], { eventLoopUtilisation: 0.7, closedAtUs: 5_500_000 });
    const result = mergeOutcomes([fast, slow], 1_000_000, []);
    expect(result.latencyUs).toMatchObject({ count: 100, p50: 100, p99: 100, p999: 10_000, max: 10_000, min: 100 });
    expect(result.failedLatencyUs?.count).toBe(2);
    expect(result.meanResponseUs).toBeCloseTo((99 * 100 + 10_000 + 20_000 + 30_000) / 102, 6);
    expect(result.requests).toEqual({
      sent: 104,
      ok: 100,
      failed: { http_5xx: 2 },
      inFlightAtEnd: 2,
      inFlightAtStart: 2,
      reopened: 0,
      statusCodes: { 503: 2 },
    });
    expect(result.wholeLoad).toEqual({ ok: 200, sentAtMost: 300 });
    expect(result.meanInFlight).toBe(4);
    expect(result.meanInBackOff).toBe(1);
    expect(result).toMatchObject({ windowS: 4.5, workers: 2, eventLoopUtilisation: 0.7, bytesReceived: 2000 });
    expect(result.failureExamples).toEqual(['http_5xx 503: no']);
    expect(result.firstByteUs).toMatchObject({ count: 100, p50: 50, max: 5000 });
    expect(result.connectUs).toMatchObject({ count: 2, p50: 7 });
    expect(result.absent).toEqual({});
  });

  it('adds up what was written again, and who said when to try again', () => {
    const one = outcome([1], []);
    const with_ = (reopened: number, retryAfter?: { responses: number; minS: number | null; maxS: number | null }) =>
      outcome([1], [], {
        requests: { ...one.requests, reopened, ...(retryAfter === undefined ? {} : { retryAfter }) },
      });
    const { requests } = mergeOutcomes(
      [
        with_(3),
        with_(4, { responses: 2, minS: 5, maxS: 7 }),
        with_(0, { responses: 1, minS: null, maxS: null }),
        with_(0, { responses: 1, minS: 1, maxS: 2 }),
      ],
      0,
      [],
    );
    expect(requests).toMatchObject({ reopened: 7, retryAfter: { responses: 4, minS: 1, maxS: 7 } });
  });

  it('has no latencies where nothing ended', () => {
    const result = mergeOutcomes([outcome([], [], { eventLoopUtilisation: null, closedAtUs: 10 })], 20, []);
    expect(result).toMatchObject({ latencyUs: null, failedLatencyUs: null, meanResponseUs: null });
    expect(result).toMatchObject({ windowS: 0, meanInFlight: null, eventLoopUtilisation: null });
  });

  it('is the histogram of all, however latencies are shared among workers', () => {
    const latencies = fc.array(fc.integer({ min: 1, max: 120_000_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(latencies, { minLength: 1, maxLength: 4 }), (shares) => {
        const together = mergeOutcomes([outcome(shares.flat(), [])], 0, []);
        const merged = mergeOutcomes(
          shares.map((share) => outcome(share, [])),
          0,
          [],
        );
        expect(merged.latencyUs).toEqual(together.latencyUs);
        expect(merged.firstByteUs).toEqual(together.firstByteUs);
      }),
      // Each run encodes and decodes a dozen histograms of 200,000 counts.
      { numRuns: 5 },
    );
  });

  it('throws where the request accounting of one worker does not balance', () => {
    const bad = outcome([1, 2], []);
    bad.requests.sent += 1;
    const good = outcome([1, 2], []);
    expect(() => mergeOutcomes([good, bad], 0, [])).toThrow('does not balance');
  });

  it('throws where a histogram lost a latency', () => {
    const bad = outcome([1, 2], []);
    bad.okHistogram = outcome([1], []).okHistogram;
    expect(() => mergeOutcomes([bad], 0, [])).toThrow('does not balance');
  });
});
