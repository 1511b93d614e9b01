import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureExamples, startedAtMs } from '../../../src/load/k6/log.js';
import { type K6Window, k6Result } from '../../../src/load/k6/result.js';
import { K6Summary } from '../../../src/load/k6/summary.js';
import { LoadResult } from '../../../src/model/load.js';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures/load-tools', name), 'utf8');
const summary = K6Summary.parse(JSON.parse(fixture('k6-summary.json')));
const log = fixture('k6.log').split('\n');

function resultOf(over: Partial<K6Window> = {}): LoadResult {
  return LoadResult.parse(
    k6Result({ summary, warmupS: 1, durationS: 1, threads: 2, failureExamples: failureExamples(log), ...over }),
  );
}

describe('k6Result', () => {
  it('reads the window, and not the warm-up before it', () => {
    const { requests, windowS, latencyUs, failedLatencyUs } = resultOf();
    expect(requests).toEqual({
      sent: null,
      ok: 588,
      failed: { http_5xx: 14 },
      inFlightAtEnd: null,
      inFlightAtStart: 0,
      statusCodes: {},
    });
    const both = summary.metrics.http_reqs?.values.count ?? 0;
    expect(both).toBeGreaterThan(2 * 500);
    expect(windowS).toBe(1);
    expect([latencyUs?.count, failedLatencyUs?.count]).toEqual([588, 14]);
  });

  it('has durations in microseconds', () => {
    const { latencyUs, meanResponseUs, firstByteUs } = resultOf();
    expect(latencyUs).toMatchObject({ histogram: null });
    expect(latencyUs?.p50).toBeGreaterThan(5_000);
    expect(latencyUs?.p50).toBeLessThan(7_000);
    // One in 100 took 80 ms.
    expect(latencyUs?.p999).toBeGreaterThan(80_000);
    expect(latencyUs?.max).toBeGreaterThanOrEqual(latencyUs?.p999 ?? Number.POSITIVE_INFINITY);
    expect(meanResponseUs).toBeCloseTo(6450.59, 1);
    expect(firstByteUs?.p50).toBeLessThan(latencyUs?.p50 ?? 0);
  });

  it('says why it has no figure where it has none', () => {
    expect(Object.keys(resultOf().absent)).toEqual(
      expect.arrayContaining([
        'requests.sent',
        'requests.inFlightAtEnd',
        'latencyUs.histogram',
        'connectUs',
        'seconds',
      ]),
    );
  });

  it('has as long a window as was left when it was ended early', () => {
    const at = (testRunDurationMs: number) =>
      resultOf({ summary: { ...summary, state: { testRunDurationMs } } }).windowS;
    expect(at(1_400)).toBeCloseTo(0.4, 9);
    expect(at(700)).toBe(0);
    expect(at(2_003)).toBe(1);
  });

  it('of a k6 that never came to its window is nothing, not 0 ms', () => {
    const { requests, latencyUs, meanResponseUs } = resultOf({ summary: { ...summary, metrics: {} } });
    expect([requests.ok, latencyUs, meanResponseUs]).toEqual([0, null, null]);
  });
});

describe('k6’s log', () => {
  it('says when the first scenario began', () => {
    expect(startedAtMs(log)).toBe(1795363448257);
    expect(startedAtMs(['time="..." level=warning msg="Request Failed"', 'gatebench {"startedAt'])).toBeNull();
  });

  it('holds each failure once', () => {
    expect(failureExamples(log)).toEqual(['http_5xx 503: {"error":"overloaded"}']);
    expect(failureExamples(['gatebench {"failure":"reset","status":0,"detail":"write: broken pipe"}'])).toEqual([
      'reset: write: broken pipe',
    ]);
  });
});
