import { expect, test } from 'vitest';
import {
  anthropicLimitFields,
  formatReset,
  openAiLimitFields,
  RateLimit,
} from '../../../mock-upstream/limits/rate-limit.js';

test('so many a minute, and then one each time a part of it has passed', () => {
  const limit = new RateLimit(60, null);
  for (let i = 0; i < 60; i++) expect(limit.take('key', 5, 0).retryAfterMs).toBeNull();
  expect(limit.take('key', 5, 0)).toMatchObject({
    retryAfterMs: 1000,
    requests: { limit: 60, remaining: 0, resetMs: 60_000 },
    tokens: null,
  });
  expect(limit.take('key', 5, 400).retryAfterMs).toBe(600);
  expect(limit.take('key', 5, 1000).retryAfterMs).toBeNull();
  expect(limit.take('key', 5, 1000).retryAfterMs).toBe(1000);
});

test('each key has its own', () => {
  const limit = new RateLimit(1, null);
  expect(limit.take('a', 0, 0).retryAfterMs).toBeNull();
  expect(limit.take('a', 0, 0).retryAfterMs).not.toBeNull();
  expect(limit.take('b', 0, 0).retryAfterMs).toBeNull();
});

test('tokens count, and a request that was refused takes none', () => {
  const limit = new RateLimit(null, 600);
  expect(limit.take('key', 500, 0)).toMatchObject({ retryAfterMs: null, tokens: { remaining: 100 } });
  expect(limit.take('key', 200, 0)).toMatchObject({ retryAfterMs: 10_000, tokens: { remaining: 100 } });
  expect(limit.take('key', 100, 0).retryAfterMs).toBeNull();
});

test('a prompt beyond the whole limit passes once nothing of it is used', () => {
  const limit = new RateLimit(null, 600);
  expect(limit.take('key', 5000, 0).retryAfterMs).toBeNull();
  expect(limit.take('key', 1, 0).retryAfterMs).toBeGreaterThan(60_000);
});

test('the headers of both', () => {
  const state = new RateLimit(60, 600).take('key', 30, 0);
  expect(openAiLimitFields(state).split('\r\n')).toEqual([
    'x-ratelimit-limit-requests: 60',
    'x-ratelimit-remaining-requests: 59',
    'x-ratelimit-reset-requests: 1s',
    'x-ratelimit-limit-tokens: 600',
    'x-ratelimit-remaining-tokens: 570',
    'x-ratelimit-reset-tokens: 3s',
    '',
  ]);
  expect(anthropicLimitFields(state, Date.parse('2024-05-06T07:08:09Z')).split('\r\n')).toEqual([
    'anthropic-ratelimit-requests-limit: 60',
    'anthropic-ratelimit-requests-remaining: 59',
    'anthropic-ratelimit-requests-reset: 2024-05-06T07:08:10Z',
    'anthropic-ratelimit-tokens-limit: 600',
    'anthropic-ratelimit-tokens-remaining: 570',
    'anthropic-ratelimit-tokens-reset: 2024-05-06T07:08:12Z',
    '',
  ]);
});

test.each([
  [0, '0ms'],
  [999, '999ms'],
  [1000, '1s'],
  [6540, '6.5s'],
  [59_949, '59.9s'],
  [59_950, '1m0s'],
  [119_900, '2m0s'],
  [90_000, '1m30s'],
])('%d ms are %s', (ms, text) => expect(formatReset(ms)).toBe(text));
