import { expect, test } from 'vitest';
import { ApiError } from '../../../mock-upstream/api/api-error.js';
import { readOverrides } from '../../../mock-upstream/api/overrides.js';

const read = (headers: Record<string, string>) => readOverrides(new Map(Object.entries(headers)));

test('headers that are none of the mock say nothing', () => {
  expect(Object.values(read({ authorization: 'Bearer x', 'x-request-id': '7' })).every((one) => one === null)).toBe(
    true,
  );
});

test('each header', () => {
  expect(
    read({
      'x-mock-latency': '60ms',
      'x-mock-ttft': '5ms',
      'x-mock-gap': 'normal(20ms,5ms)',
      'x-mock-output-tokens': '12',
      'x-mock-text': Buffer.from('Grüße').toString('latin1'),
      'x-mock-fault': '429(2s)',
    }),
  ).toEqual({
    latency: { kind: 'constant', delayMs: 60 },
    ttft: { kind: 'constant', delayMs: 5 },
    gap: { kind: 'normal', meanMs: 20, deviationMs: 5 },
    outputTokens: { kind: 'constant', count: 12 },
    text: 'Grüße',
    fault: { kind: 'error', status: 429, retryAfterMs: 2000 },
  });
  expect(read({ 'x-mock-fault': 'none' }).fault).toBe('none');
});

test.each([
  [{ 'x-mock-latencey': '60ms' }, 'there is no header x-mock-latencey: there are x-mock-latency'],
  [{ 'x-mock-latency': '60' }, 'x-mock-latency can\'t be "60": it has no unit'],
  [{ 'x-mock-output-tokens': 'many' }, 'token counts look like'],
  [{ 'x-mock-fault': 'boom' }, 'there is no fault "boom"'],
])('%j is refused', (headers, message) => {
  expect(() => read(headers as Record<string, string>)).toThrow(ApiError);
  expect(() => read(headers as Record<string, string>)).toThrow(message);
});
