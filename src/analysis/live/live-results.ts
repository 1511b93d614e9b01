import { percentileOf } from '../../../common/nearest-rank.js';
import type { LiveCall, LivePair } from '../../model/live.js';
import { type MedianInterval, medianInterval } from '../statistics/paired-median.js';

/** Why a pair isn't counted; the first that holds. */
export type LeftOut = 'warm-up' | 'direct failed' | 'gateway failed' | 'retried' | 'new connection';

/** Of the counted pairs' responses of one side. */
export interface SideTimes {
  p50Us: number | null;
  p90Us: number | null;
  p99Us: number | null;
}

/** What a gateway adds, from pairs: through it less directly. */
export interface LiveResult {
  gateway: string;
  /** Pairs that were sent, and those that count. */
  pairs: number;
  counted: number;
  leftOut: Record<LeftOut, number>;
  direct: SideTimes;
  through: SideTimes;
  /** To the last byte. Null for too few pairs, here and below. */
  addedUs: MedianInterval | null;
  /** To the first content of a stream. */
  addedFirstContentUs: MedianInterval | null;
  /** To the last byte, the time that the provider says it took left out on both sides. */
  addedBesideProviderUs: MedianInterval | null;
  /** What failed, most often first. */
  errors: { side: 'direct' | 'gateway'; error: string; count: number }[];
}

/** @param pairs of one gateway */
export function liveResult(gateway: string, pairs: readonly LivePair[]): LiveResult {
  const leftOut = { 'warm-up': 0, 'direct failed': 0, 'gateway failed': 0, retried: 0, 'new connection': 0 };
  const counted: LivePair[] = [];
  for (const pair of pairs) {
    const why = reasonOf(pair);
    if (why === null) counted.push(pair);
    else leftOut[why] += 1;
  }
  const differences = (timeOf: (call: LiveCall) => number | null) =>
    medianInterval(
      counted.flatMap(({ direct, through }) => {
        const [directUs, throughUs] = [timeOf(direct), timeOf(through)];
        return directUs === null || throughUs === null ? [] : [throughUs - directUs];
      }),
    );
  return {
    gateway,
    pairs: pairs.length,
    counted: counted.length,
    leftOut,
    direct: sideTimes(counted.map(({ direct }) => direct)),
    through: sideTimes(counted.map(({ through }) => through)),
    addedUs: differences(({ totalUs }) => totalUs),
    addedFirstContentUs: differences(({ firstContentUs }) => firstContentUs),
    addedBesideProviderUs: differences(besideProvider),
    errors: errorsOf(pairs),
  };
}

function reasonOf({ warmup, direct, through }: LivePair): LeftOut | null {
  if (warmup) return 'warm-up';
  if (direct.error !== null) return 'direct failed';
  if (through.error !== null) return 'gateway failed';
  if (through.retries > 0) return 'retried';
  return direct.newConnection || through.newConnection ? 'new connection' : null;
}

function besideProvider({ totalUs, providerUs }: LiveCall): number | null {
  return totalUs === null || providerUs === null ? null : totalUs - providerUs;
}

function sideTimes(calls: readonly LiveCall[]): SideTimes {
  const sorted = calls.flatMap(({ totalUs }) => totalUs ?? []).sort((a, b) => a - b);
  return { p50Us: percentileOf(sorted, 0.5), p90Us: percentileOf(sorted, 0.9), p99Us: percentileOf(sorted, 0.99) };
}

function errorsOf(pairs: readonly LivePair[]): LiveResult['errors'] {
  const found = new Map<string, LiveResult['errors'][number]>();
  for (const { direct, through } of pairs) {
    for (const [side, { error }] of [['direct', direct] as const, ['gateway', through] as const]) {
      if (error === null) continue;
      const key = `${side} ${error}`;
      const entry = found.get(key) ?? { side, error, count: 0 };
      entry.count += 1;
      found.set(key, entry);
    }
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}
