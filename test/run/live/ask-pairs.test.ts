import { describe, expect, it } from 'vitest';
import { newRandom } from '../../../common/random.js';
import { Budget } from '../../../src/analysis/live/budget.js';
import type { LiveCall, LivePair } from '../../../src/model/live.js';
import { askPairs } from '../../../src/run/live/ask-pairs.js';
import { aCall, aFailure } from '../../support/live-calls.js';

const GOOD = () => aCall(5);
/** Pairs as fast as they come: what passes between them is the gap alone. */
const PLAN = { gateway: 'mine', pairs: 4, warmups: 1, pairsPerSec: 1_000 };

interface Sides {
  direct?: () => LiveCall;
  through?: () => LiveCall;
}

/** Asks two fakes. */
async function asked(
  sides: Sides,
  over: { plan?: Partial<typeof PLAN>; maxRequests?: number; gone?: string; stopAfter?: number } = {},
) {
  const order: string[] = [];
  const pairs: LivePair[] = [];
  const controller = new AbortController();
  const asker = (side: 'direct' | 'through') => ({
    ask: async () => {
      order.push(side);
      return (sides[side] ?? GOOD)();
    },
  });
  const budget = new Budget({ maxRequests: over.maxRequests ?? 1_000, maxUsd: null }, null, { input: 1, output: 1 });
  const end = await askPairs(
    { ...PLAN, ...over.plan },
    {
      direct: asker('direct'),
      through: asker('through'),
      budget,
      random: newRandom(3),
      gone: () => over.gone ?? null,
      onPair: async (pair) => {
        pairs.push(pair);
        if (pairs.length === over.stopAfter) controller.abort(new Error('stopped'));
      },
      now: () => '2026-05-04T10:00:00.000Z',
      signal: controller.signal,
    },
  );
  return { end, order, pairs, spent: budget.spent() };
}

describe('pairs', () => {
  it('ask both sides, in random order that is noted, the first ones as warm-ups', async () => {
    const { end, order, pairs } = await asked({}, { plan: { pairs: 8 } });
    expect(end).toEqual({ gateway: 'mine', why: 'complete', message: null });
    const firsts = pairs.map(({ first }) => (first === 'direct' ? 'direct' : 'through'));
    expect(order).toEqual(firsts.flatMap((first) => [first, first === 'direct' ? 'through' : 'direct']));
    expect(new Set(firsts).size).toBe(2);
    expect(pairs.map(({ warmup }) => warmup)).toEqual([true, ...Array(7).fill(false)]);
  });

  it('keep the sides apart whoever was first', async () => {
    const { pairs } = await asked({ direct: () => aCall(1), through: () => aCall(2) }, { plan: { pairs: 8 } });
    expect(pairs.map(({ direct, through }) => [direct.totalUs, through.totalUs])).toEqual(Array(8).fill([1000, 2000]));
  });

  it.each([4, 5])('send no request more than %i', async (maxRequests) => {
    const { end, order } = await asked({}, { maxRequests });
    expect(end.why).toBe('requests');
    expect(order).toHaveLength(4);
  });

  it('end at once where the endpoint refuses the key', async () => {
    const { end, order } = await asked({ direct: () => aFailure(401) });
    expect(end).toMatchObject({ why: 'direct-failed', message: 'status 401' });
    expect(order).toHaveLength(2);
  });

  it('end after five failures of a side in a row, and keep what there was', async () => {
    const plan = { pairs: 20 };
    const gateway = await asked({ through: () => aFailure(502) }, { plan });
    expect(gateway.end).toMatchObject({ why: 'gateway-failed', message: 'status 502' });
    expect(gateway.pairs).toHaveLength(5);
    const endpoint = await asked({ direct: () => aFailure(500), through: () => aFailure(500) }, { plan });
    expect(endpoint.end.why).toBe('direct-failed');
    let calls = 0;
    const flaky = await asked({ through: () => (++calls % 5 === 0 ? GOOD() : aFailure(502)) }, { plan: { pairs: 9 } });
    expect(flaky.end.why).toBe('complete');
  });

  it('end where the gateway has', async () => {
    const { end, pairs } = await asked({}, { gone: 'it ended with exit code 3' });
    expect(end).toMatchObject({ why: 'gateway-failed', message: 'it ended with exit code 3' });
    expect(pairs).toHaveLength(1);
  });

  it('wait as long as a 429 says, and not for hours', async () => {
    const limited = (retryAfterS: number) => ({ ...aFailure(429), retryAfterS });
    let calls = 0;
    const startedMs = performance.now();
    const { end } = await asked({ direct: () => (++calls === 1 ? limited(1) : GOOD()) }, { plan: { pairs: 2 } });
    expect(end.why).toBe('complete');
    // A lower bound: a slow machine takes longer.
    expect(performance.now() - startedMs).toBeGreaterThan(1_000);
    const endless = await asked({ through: () => limited(3_600) });
    expect(endless.end).toMatchObject({ why: 'direct-failed', message: expect.stringContaining('3600 s') });
  });

  it('stop where they are told to, with what was measured', async () => {
    const { end, pairs, order } = await asked({}, { stopAfter: 2 });
    expect(end.why).toBe('interrupted');
    expect([pairs.length, order.length]).toEqual([2, 4]);
  });
});
