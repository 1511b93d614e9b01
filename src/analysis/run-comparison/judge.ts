import { holmAdjusted } from '../statistics/holm.js';
import { LEVEL } from '../statistics/interval.js';
import { repeatsNeeded } from '../statistics/repeats-needed.js';
import { type DifferenceInterval, exceedsP } from '../statistics/two-samples.js';
import { THRESHOLDS } from '../thresholds.js';

/** A difference as it is judged: above 0 is worse. */
export interface Judged {
  difference: DifferenceInterval | null;
  /** How much worse is still the same, on the difference's scale. */
  margin: number;
  /** The least difference that is called one, on the same scale. */
  floor: number;
  /** Values that it lacks. */
  missing: number;
}

export type MetricVerdict =
  /** `worse`: by more than the margin, for sure. `better`: at all, for sure. `same`: within the margin either way, for sure. */
  | { kind: 'worse' | 'better' | 'same' }
  | {
      kind: 'inconclusive';
      /** Too few values; the interval holds a bound; it doesn't, but one of so many comparisons does that by chance. */
      because: 'few' | 'interval' | 'multiplicity';
      /** Repeats a side with which it would be known, if they go on as they did; null where a thousand wouldn't do. */
      repeatsNeeded: number | null;
      /** Whether it may be worse by more than the margin. */
      maybeWorse: boolean;
    };

const TAIL = (1 - LEVEL) / 2;

/**
 * Verdicts on differences of which a reader takes the worst: the chance that any is called worse which isn't is at most
 * 2.5 %, whatever their number (Holm); the same for better. For one difference alone, worse means that its 95 % interval lies beyond
 * the margin.
 */
export function judgeTogether(all: readonly Judged[]): MetricVerdict[] {
  const worseP = adjusted(all, (interval, margin) => exceedsP(interval, margin));
  const betterP = adjusted(all, (interval) => exceedsP(mirrored(interval), 0));
  return all.map((judged, at) => verdictOf(judged, worseP[at] ?? 1, betterP[at] ?? 1));
}

/** Only what has an interval takes part. */
function adjusted(all: readonly Judged[], pOf: (interval: DifferenceInterval, margin: number) => number): number[] {
  const known = all.flatMap((judged) =>
    judged.difference === null ? [] : [{ judged, p: pOf(judged.difference, marginOf(judged)) }],
  );
  const adjustedP = holmAdjusted(known.map(({ p }) => p));
  return all.map((judged) => adjustedP[known.findIndex((each) => each.judged === judged)] ?? 1);
}

function mirrored(interval: DifferenceInterval): DifferenceInterval {
  const { estimate, low, high } = interval;
  return { ...interval, estimate: -estimate, low: -high, high: -low };
}

/** No margin is narrower than what two measurements of one gateway differ by. */
function marginOf({ margin, floor }: Judged): number {
  return Math.max(margin, floor);
}

function verdictOf(judged: Judged, worseP: number, betterP: number): MetricVerdict {
  const { difference, floor, missing } = judged;
  if (difference === null) {
    const { minRepeats } = THRESHOLDS.intervals;
    return { kind: 'inconclusive', because: 'few', repeatsNeeded: missing > 0 ? minRepeats : null, maybeWorse: true };
  }
  const margin = marginOf(judged);
  const { estimate, low, high } = difference;
  if (worseP <= TAIL) return { kind: 'worse' };
  if (betterP <= TAIL && -estimate > floor) return { kind: 'better' };
  if (low >= -margin && high <= margin) return { kind: 'same' };
  // What is surely not worse has two ways to be known: as better, or as the same.
  const distance =
    high > margin ? Math.abs(estimate - margin) : Math.max(Math.abs(estimate), Math.abs(estimate + margin));
  return {
    kind: 'inconclusive',
    because: low > margin || high < 0 ? 'multiplicity' : 'interval',
    repeatsNeeded: repeatsNeeded(difference.sd, distance, 1 - LEVEL),
    maybeWorse: high > margin,
  };
}
