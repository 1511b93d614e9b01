import type { Random } from '../../../common/random.js';
import type { Budget } from '../../analysis/live/budget.js';
import { sleep } from '../../lib/sleep.js';
import type { LiveCall, LiveEnd, LivePair } from '../../model/live.js';

/** What asks one side. */
export interface Asker {
  ask(): Promise<LiveCall>;
}

export interface PairPlan {
  /** The gateway's label. */
  gateway: string;
  pairs: number;
  warmups: number;
  pairsPerSec: number;
}

export interface PairDependencies {
  direct: Asker;
  through: Asker;
  budget: Budget;
  /** Decides who is asked first. */
  random: Random;
  /** Why the gateway takes no more requests; null while it may. */
  gone(): string | null;
  /** Takes each pair as soon as it is known. */
  onPair(pair: LivePair): Promise<void>;
  /** ISO 8601. */
  now(): string;
  signal: AbortSignal;
}

/** The second of a pair follows so long after the first, whose response may take longer: both are in the same second. */
const GAP_MS = 100;
/** In a row. */
const MAX_FAILURES = 5;
/** Statuses that another request won't change: the address, the key or the model is wrong. */
const HOPELESS = [400, 401, 403, 404, 405, 422];
const TOO_MANY = 429;
/** After a 429 that doesn't say how long. */
const DEFAULT_WAIT_S = 10;
/** A provider that wants more is one for another day. */
const MAX_WAIT_S = 120;

/**
 * Ask the same question directly and through a gateway, pair after pair, in random order within a pair, until there are
 * enough, a limit is reached or nothing but errors come.
 */
export async function askPairs(plan: PairPlan, deps: PairDependencies): Promise<LiveEnd> {
  const { gateway, pairs, warmups, pairsPerSec } = plan;
  const { budget, signal } = deps;
  const end = (why: LiveEnd['why'], message: string | null = null): LiveEnd => ({ gateway, why, message });
  const failures = { direct: 0, through: 0 };
  let dueMs = performance.now();
  budget.beginGateway();
  for (let index = 0; index < pairs; index++) {
    const limit = budget.limit();
    if (limit !== null) return end(limit);
    try {
      await sleep(Math.max(0, dueMs - performance.now()), signal);
    } catch {
      return end('interrupted');
    }
    dueMs = performance.now() + 1000 / pairsPerSec;
    const pair = await askPair(plan, index, warmups, deps);
    if (pair === null) return end('interrupted');
    await deps.onPair(pair);
    const { direct, through } = pair;
    failures.direct = direct.error === null ? 0 : failures.direct + 1;
    failures.through = through.error === null || direct.error !== null ? 0 : failures.through + 1;
    if (failures.direct >= MAX_FAILURES || HOPELESS.includes(direct.status ?? 0)) {
      return end('direct-failed', direct.error);
    }
    const gone = deps.gone();
    if (gone !== null) return end('gateway-failed', gone);
    if (failures.through >= MAX_FAILURES) return end('gateway-failed', through.error);
    const waitS = waitAfter([direct, through]);
    if (waitS > MAX_WAIT_S) return end('direct-failed', `the provider wants no request for ${Math.round(waitS)} s`);
    dueMs = Math.max(dueMs, performance.now() + waitS * 1000);
  }
  return end('complete');
}

/** @returns null where it was stopped in the middle; what was sent is counted all the same */
async function askPair(
  { gateway }: PairPlan,
  index: number,
  warmups: number,
  { direct, through, budget, random, now, signal }: PairDependencies,
): Promise<LivePair | null> {
  const isDirectFirst = random() < 0.5;
  const at = now();
  const count = async (asked: Promise<LiveCall>): Promise<LiveCall> => {
    const call = await asked;
    budget.count(call);
    return call;
  };
  const [first, second] = isDirectFirst ? [direct, through] : [through, direct];
  const [firstCall, secondCall] = await Promise.all([
    count(first.ask()),
    sleep(GAP_MS, signal).then(
      () => count(second.ask()),
      () => null,
    ),
  ]);
  if (signal.aborted || secondCall === null) return null;
  return {
    gateway,
    index,
    warmup: index < warmups,
    first: isDirectFirst ? 'direct' : 'gateway',
    at,
    direct: isDirectFirst ? firstCall : secondCall,
    through: isDirectFirst ? secondCall : firstCall,
  };
}

/** Seconds that the provider wants to be left alone. */
function waitAfter(calls: readonly LiveCall[]): number {
  return Math.max(
    ...calls.map(({ status, retryAfterS }) => (status === TOO_MANY ? (retryAfterS ?? DEFAULT_WAIT_S) : 0)),
    ...calls.map(({ status, retryAfterS }) => (status === 503 ? (retryAfterS ?? 0) : 0)),
  );
}
