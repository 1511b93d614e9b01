import { describe, expect, it } from 'vitest';
import { assertBalanced } from '../../src/load/worker-report.js';

describe('assertBalanced', () => {
  const requests = { sent: 6, ok: 3, failed: { reset: 1 }, inFlightAtEnd: 2, inFlightAtStart: 2, statusCodes: {} };

  it('accepts counts that balance', () => {
    expect(() => assertBalanced(requests, 4)).not.toThrow();
  });

  it('throws for a lost request, a double one and a latency too few', () => {
    expect(() => assertBalanced({ ...requests, sent: 7 }, 4)).toThrow('7 sent, but 3 ok + 1 failed + 2 in flight = 6');
    expect(() => assertBalanced({ ...requests, ok: 4 }, 5)).toThrow('does not balance');
    expect(() => assertBalanced(requests, 3)).toThrow('3 latencies recorded');
  });
});
