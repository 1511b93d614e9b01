import type { LoadProgress } from '../load/engine.js';
import type { LoadSeries } from './run-view.js';

/** More than a chart has room for; fewer than it takes to notice the sending of them. */
const MAX_BUCKETS = 300;

/** The seconds of one cell's load. Pure: each second makes a new value. */
export interface SeriesState {
  readonly series: LoadSeries;
  /** Of each bucket's rates, so that rounding doesn't add up. */
  readonly sums: readonly number[];
  readonly counts: readonly number[];
}

export function emptySeries({ warmupS, durationS }: { warmupS: number; durationS: number }): SeriesState {
  const lengthS = warmupS + durationS;
  const bucketS = Math.max(1, Math.ceil(lengthS / MAX_BUCKETS));
  const buckets = Math.max(1, Math.ceil(lengthS / bucketS));
  return {
    series: { warmupS, durationS, bucketS, buckets, ratesPerSec: [], p99sUs: [], silent: null },
    sums: [],
    counts: [],
  };
}

/**
 * Add a second that an engine has reported.
 * @param engine its name, for an engine that reports no figures
 */
export function addSecond(state: SeriesState, progress: LoadProgress, engine: string): SeriesState {
  const { series } = state;
  const { ratePerSec, p99Us, phase, atS } = progress;
  if (ratePerSec === null) {
    const silent = `${engine} reports its figures at its end only`;
    return series.silent === silent ? state : { ...state, series: { ...series, silent } };
  }
  // A second is told at its end, so that the end of a bucket still belongs to it.
  const endS = (phase === 'warmup' ? 0 : series.warmupS) + atS;
  const bucket = Math.min(series.buckets - 1, Math.max(0, Math.ceil(endS / series.bucketS) - 1));
  const sums = changed(state.sums, bucket, 0, (sum) => sum + ratePerSec);
  const counts = changed(state.counts, bucket, 0, (count) => count + 1);
  const mean = (sums[bucket] ?? 0) / (counts[bucket] ?? 1);
  const ratesPerSec = changed(series.ratesPerSec, bucket, null, () => Math.round(mean * 10) / 10);
  const p99sUs = changed(series.p99sUs, bucket, null, (highest) =>
    p99Us === null ? highest : Math.round(Math.max(highest ?? 0, p99Us)),
  );
  return { series: { ...series, ratesPerSec, p99sUs }, sums, counts };
}

/** A copy that reaches to a place, with the value there changed. */
function changed<T>(values: readonly T[], place: number, filler: T, change: (value: T) => T): T[] {
  const copy = Array.from({ length: Math.max(values.length, place + 1) }, (_, index) => values[index] ?? filler);
  copy[place] = change(copy[place] ?? filler);
  return copy;
}
