import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../../src/app/selfbench/figures.js';
import type { LoadResult } from '../../../src/model/load.js';

function load(requests: Partial<LoadResult['requests']> = {}): LoadResult {
  return {
    requests: {
      sent: 110,
      ok: 90,
      failed: { reset: 6, timeout: 4 },
      inFlightAtEnd: 10,
      inFlightAtStart: 0,
      statusCodes: {},
      ...requests,
    },
    windowS: 2,
    latencyUs: { count: 90, p50: 1, p90: 2, p95: 3, p99: 4, p999: 5, min: 1, mean: 1, max: 5, histogram: null },
    failedLatencyUs: null,
    meanResponseUs: null,
    meanInFlight: null,
    bytesReceived: null,
    seconds: [],
    eventLoopUtilisation: null,
    workers: 1,
    absent: {},
    connectUs: null,
    firstByteUs: null,
    failureExamples: [],
  };
}

describe('figures of a load', () => {
  it('counts successes as the rate, and CPU on every completion', () => {
    const figures = figuresOf(load(), { engineUsPerSec: 1_000, upstreamUsPerSec: null }, []);
    expect(figures).toMatchObject({ ratePerSec: 45, failed: 10, engineCpuUs: 20, upstreamCpuUs: null, p999Us: 5 });
  });

  it('knows whether the books balance, or that they can’t be checked', () => {
    expect(figuresOf(load(), null, []).balanced).toBe(true);
    expect(figuresOf(load({ sent: 111 }), null, []).balanced).toBe(false);
    expect(figuresOf(load({ sent: null }), null, []).balanced).toBe(null);
  });

  it('has no CPU a request without a request, never 0', () => {
    const none = { ...load({ ok: 0, failed: {} }), latencyUs: null };
    const figures = figuresOf(none, { engineUsPerSec: 10, upstreamUsPerSec: 10 }, []);
    expect(figures).toMatchObject({ ratePerSec: 0, p50Us: null, engineCpuUs: null, upstreamCpuUs: null });
  });
});
