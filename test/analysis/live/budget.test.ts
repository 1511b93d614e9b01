import { describe, expect, it } from 'vitest';
import { Budget, mostTokens, mostUsd, usdOf } from '../../../src/analysis/live/budget.js';
import { uniform } from '../../support/noise.js';

const PRICE = { usdPerMillionInput: 1, usdPerMillionOutput: 10 };
const MOST = { input: 100, output: 10 };
/** What one request costs at most, and what one with `tokens` below does. */
const MOST_USD = 0.0002;

describe('tokens and what they cost', () => {
  it('are bounded by bytes, whatever the language', () => {
    expect(mostTokens({ prompt: 'héllo 世界', maxTokens: 7 })).toEqual({ input: 13 + 32, output: 7 });
  });

  it('are added up', () => {
    expect(usdOf({ input: 1_000_000, output: 100_000 }, PRICE)).toBe(2);
    expect(usdOf(MOST, PRICE)).toBeCloseTo(MOST_USD, 12);
    expect(mostUsd({ maxRequests: 100, maxUsd: null }, PRICE, MOST)).toBeCloseTo(100 * MOST_USD, 12);
    expect(mostUsd({ maxRequests: 100, maxUsd: 0.01 }, PRICE, MOST)).toBe(0.01);
    expect(mostUsd({ maxRequests: 100, maxUsd: null }, null, MOST)).toBeNull();
  });
});

/** Sends pairs until it may not. @returns how many */
function pairsOf(budget: Budget, call: () => Parameters<Budget['count']>[0]): number {
  let pairs = 0;
  for (; budget.limit() === null && pairs < 10_000; pairs++) {
    budget.count(call());
    budget.count(call());
  }
  return pairs;
}

describe('a budget', () => {
  it.each([2, 3, 99, 100])('lets no request more than %i be sent', (maxRequests) => {
    const budget = new Budget({ maxRequests, maxUsd: null }, null, MOST);
    expect(pairsOf(budget, () => ({ tokens: null, retries: 0 }))).toBe(Math.floor(maxRequests / 2));
    expect(budget.limit()).toBe('requests');
    expect(budget.spent()).toEqual({ requests: 2 * Math.floor(maxRequests / 2), usd: null });
  });

  it('is never passed, whatever responses cost within their bounds', () => {
    const random = uniform(1);
    for (let trial = 0; trial < 200; trial++) {
      const maxUsd = 0.05 * random();
      const budget = new Budget({ maxRequests: 100_000, maxUsd }, PRICE, MOST);
      pairsOf(budget, () => ({
        tokens: random() < 0.1 ? null : { input: Math.floor(101 * random()), output: Math.floor(11 * random()) },
        retries: 0,
      }));
      expect(budget.limit()).toBe('usd');
      expect(budget.spent().usd).toBeLessThanOrEqual(maxUsd);
      expect(budget.spent().usd).toBeGreaterThan(maxUsd - 2 * MOST_USD);
    }
  });

  it('counts a response without usage as the most it can cost', () => {
    const budget = new Budget({ maxRequests: 10, maxUsd: 1 }, PRICE, MOST);
    budget.count({ tokens: null, retries: 0 });
    expect(budget.spent().usd).toBeCloseTo(MOST_USD, 12);
  });

  it('expects more of the next once a response took more than was thought', () => {
    const budget = new Budget({ maxRequests: 10, maxUsd: 0.01 }, PRICE, MOST);
    expect(budget.limit()).toBeNull();
    // A gateway added a prompt of its own.
    budget.count({ tokens: { input: 5_000, output: 10 }, retries: 0 });
    expect(budget.limit()).toBe('usd');
  });

  it('counts retries, and leaves room for as many again', () => {
    const budget = new Budget({ maxRequests: 10, maxUsd: null }, PRICE, MOST);
    budget.count({ tokens: MOST, retries: 0 });
    budget.count({ tokens: MOST, retries: 3 });
    expect(budget.spent().requests).toBe(5);
    expect(budget.limit()).toBeNull();
    budget.count({ tokens: MOST, retries: 0 });
    expect(budget.limit(), '6 were sent, and the next pair may be 5').toBe('requests');
    budget.beginGateway();
    expect(budget.limit(), 'another gateway may retry nothing').toBeNull();
  });
});
