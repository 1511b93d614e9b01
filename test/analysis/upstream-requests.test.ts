import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { upstreamRequestsGate } from '../../src/analysis/upstream-requests.js';

const gateOf = (ok: number, sentAtMost: number, requests: number, completions = requests) =>
  upstreamRequestsGate({ ok, sentAtMost }, { requests, completions });

describe('upstream requests gate', () => {
  it('passes every load whose requests went upstream once, whatever failed or was in flight', () => {
    const count = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), count, count, count, (ok, failed, inFlight, reached) => {
        const requests = ok + Math.min(reached, failed + inFlight);
        expect(gateOf(ok, ok + failed + inFlight, requests, ok).verdict).toBe('pass');
      }),
    );
  });

  it('voids one success more than the upstream sent', () => {
    expect(gateOf(1000, 1010, 1005, 1000).verdict).toBe('pass');
    expect(gateOf(1000, 1010, 1005, 999)).toMatchObject({
      verdict: 'invalid',
      message: expect.stringMatching(/1,000 responses were right, and the upstream sent 999: .*cache or by coalescing/),
    });
  });

  it('voids a load of which nothing went upstream, even where all failed', () => {
    const message = expect.stringContaining('none of 2,770 requests reached the upstream');
    expect(gateOf(2760, 2770, 0)).toMatchObject({ verdict: 'invalid', value: 0, message });
    expect(gateOf(0, 2770, 0)).toMatchObject({ verdict: 'invalid', value: 0, message });
  });

  it('warns of retries, with the amplification', () => {
    expect(gateOf(1000, 1000, 1001).verdict).toBe('pass');
    expect(gateOf(1000, 1000, 2000)).toMatchObject({
      verdict: 'warn',
      value: 2,
      message: 'the upstream got 2,000 requests for 1,000: the gateway retried, 2 upstream requests for each',
    });
  });

  it('is unknown where either side could not be counted, and passes a load that sent nothing', () => {
    expect(upstreamRequestsGate({ ok: 1, sentAtMost: 1 }, null)).toMatchObject({ verdict: 'unknown', value: null });
    expect(upstreamRequestsGate(null, { requests: 1, completions: 1 })).toMatchObject({ verdict: 'unknown' });
    expect(gateOf(0, 0, 0)).toMatchObject({ verdict: 'pass', value: null });
  });
});
