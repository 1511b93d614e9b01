import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeHistogram, percentileUs } from '../../../common/histogram.js';
import { WrkOutput } from '../../../src/load/wrk/output.js';
import { nothingMeasured, type WrkWindow, wrkResult } from '../../../src/load/wrk/result.js';
import { LoadResult } from '../../../src/model/load.js';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures/load-tools', name), 'utf8');
const captured = (name: string) => WrkOutput.parse(JSON.parse(fixture(name)));

const window = captured('wrk-window.json');
const warmup = captured('wrk-warmup.json');

function resultOf(over: Partial<WrkWindow> = {}): LoadResult {
  const result = wrkResult({
    output: window,
    connections: 4,
    threads: 1,
    expected: { stream: false, texts: null },
    warmup: null,
    ...over,
  });
  return LoadResult.parse(result);
}

/** The value at a percentile of wrk's own, corrected histogram, by wrk's own rule. */
function correctedPercentileUs(q: number): number {
  const all = window.latency.reduce((sum, [, count]) => sum + count, 0);
  const rank = Math.round(q * all + 0.5);
  let seen = 0;
  for (const [us, count] of window.latency) {
    seen += count;
    if (seen >= rank) return us;
  }
  return 0;
}

describe('what wrk wrote of a window', () => {
  const printed = fixture('wrk-window.txt');

  it('is the very histogram that wrk prints percentiles of', () => {
    for (const [q, name] of [
      [0.5, '50%'],
      [0.9, '90%'],
      [0.99, '99%'],
    ] as const) {
      const [, ms] = new RegExp(`${name}\\s+([\\d.]+)ms`).exec(printed) ?? [];
      expect(correctedPercentileUs(q) / 1000, name).toBeCloseTo(Number(ms), 1);
    }
  });

  it('counts what wrk prints', () => {
    const { requests, windowS, bytesReceived } = resultOf();
    expect(printed).toContain(`${requests.ok} requests in ${windowS.toFixed(2)}s`);
    expect(requests).toEqual({
      sent: null,
      ok: 692,
      failed: {},
      inFlightAtEnd: null,
      inFlightAtStart: 0,
      statusCodes: {},
    });
    expect(printed).toContain(`${((bytesReceived ?? 0) / 1024).toFixed(2)}KB read`);
  });

  it('holds the answers that came and not those that wrk invented: one in 100 was slow', () => {
    const { latencyUs, meanResponseUs } = resultOf();
    if (!latencyUs?.histogram) throw new Error('no histogram');
    expect(latencyUs.count).toBe(692);
    const histogram = decodeHistogram(latencyUs.histogram);
    const quick = percentileUs(histogram, (692 - 9) / 692);
    expect(window.latency.filter(([us]) => us > 40_000).reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(20);
    expect(quick).toBeLessThan(40_000);
    expect(latencyUs.max).toBeGreaterThan(80_000);
    expect(latencyUs.p50).toBeLessThan(6_000);
    // Little's law on the exact mean: four connections, each with one request in flight.
    expect(((692 / resultOf().windowS) * (meanResponseUs ?? 0)) / 1e6).toBeCloseTo(4, 0);
  });
});

describe('wrkResult', () => {
  it('says why it has no figure where it has none', () => {
    const result = resultOf();
    expect(Object.keys(result.absent)).toEqual(
      expect.arrayContaining([
        'requests.sent',
        'requests.inFlightAtEnd',
        'requests.failed.bad_body',
        'seconds',
        'connectUs',
      ]),
    );
    expect(result.absent['requests.failed.bad_body']).toContain('looked at in wrk’s warm-up');
  });

  it('knows classes and codes where every answer was looked at, and no latency of the good ones alone', () => {
    const result = resultOf({ output: warmup });
    expect(result.requests).toMatchObject({ ok: 605, failed: { http_5xx: 15 }, statusCodes: { 503: 15 } });
    expect(result.failureExamples).toEqual(['http_5xx 503: {"error":"overloaded"}']);
    expect(result.latencyUs).toBeNull();
    expect(result.absent.latencyUs).toContain('15 of 620 answers failed');
    expect(result.absent['requests.statusCodes']).toBeUndefined();
    expect(result.meanResponseUs).toBeGreaterThan(5_000);
  });

  it('finds a bad body behind a good status', () => {
    const stream = resultOf({ output: warmup, expected: { stream: true, texts: null } });
    expect(stream.requests).toMatchObject({ ok: 0, failed: { bad_body: 605, http_5xx: 15 } });
  });

  it('charges what wrk counts without a reason to the nearest class', () => {
    const errors = { connect: 1, read: 2, write: 3, status: 4, timeout: 0 };
    const { requests, absent } = resultOf({ output: { ...window, errors } });
    expect(requests).toMatchObject({ ok: 688, failed: { refused: 1, reset: 5, http_5xx: 4 } });
    expect(absent['requests.failed.http_4xx']).toContain('http_5xx');
    expect(absent['requests.failed.local']).toContain('refused');
  });

  it('does not count an answer as good that came after its time', () => {
    const late = { ...window, requests: 695, errors: { ...window.errors, timeout: 3 } };
    const { requests } = resultOf({ output: late });
    expect(requests).toMatchObject({ ok: 692, failed: { timeout: 3 } });
  });

  it('adds up both runs, and what it can have sent without an answer', () => {
    expect(resultOf().wholeLoad).toEqual({ ok: 692, sentAtMost: 692 + 4 });
    const errors = { connect: 1, read: 2, write: 3, status: 0, timeout: 0 };
    expect(resultOf({ output: { ...window, errors }, warmup }).wholeLoad).toEqual({
      ok: 692 + 605,
      sentAtMost: 692 + 5 + 4 + 620 + 4,
    });
  });

  it('refuses statistics that do not add up', () => {
    expect(() => resultOf({ output: { ...window, requests: 700 } })).toThrow(/holds \d+ answers, and it counted 700/);
  });

  it('of nothing is nothing', () => {
    const { requests, latencyUs, windowS } = LoadResult.parse(nothingMeasured(2));
    expect([requests.ok, requests.sent, latencyUs, windowS]).toEqual([0, null, null, 0]);
  });
});
