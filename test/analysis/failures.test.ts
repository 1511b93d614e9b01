import { expect, it } from 'vitest';
import { failuresOf } from '../../src/analysis/failures.js';
import type { Requests } from '../../src/model/load.js';

function requests(facts: Partial<Requests>): Requests {
  return { sent: 0, ok: 0, failed: {}, inFlightAtEnd: 0, inFlightAtStart: 0, statusCodes: {}, ...facts };
}

it('has no share of nothing', () => {
  expect(failuresOf(requests({}))).toEqual({ count: 0, completed: 0, share: null, breakdown: '' });
});

it('leaves classes out that never happened', () => {
  const { count, breakdown } = failuresOf(requests({ ok: 8, failed: { reset: 0, timeout: 2 } }));
  expect([count, breakdown]).toEqual([2, 'timeout 2']);
});

it('puts status codes behind their own class only', () => {
  const failed = { timeout: 4, http_4xx: 3, http_5xx: 2, http_3xx: 1 };
  const { breakdown } = failuresOf(requests({ failed, statusCodes: { '404': 1, '429': 2, '502': 2 } }));
  expect(breakdown).toBe('timeout 4, http_4xx 3 (404, 429), http_5xx 2 (502), http_3xx 1');
});
