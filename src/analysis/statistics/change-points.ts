import { newRandom, type Random } from '../../../common/random.js';

/*
 * E-divisive (Matteson and James 2014): where does a series change? A split is measured by the energy distance between the
 * values before and after it, which is 0 for one distribution only, whatever its form. The best split is believed if few
 * random orders of the same values have one as good. Then each part is looked at in the same way.
 *
 * Shuffling asks nothing of the noise but that its order tells nothing: values need not be normal, and their spread need
 * not be known. It does ask that: what drifts, or hangs together from one value to the next, has change points of its own.
 */

/** Where another level begins. */
export interface ChangePoint {
  /** Index of the first value of the new level. */
  at: number;
  /** How often random orders of the values have as good a split. */
  p: number;
}

export interface ChangePointOptions {
  /** Chance of any change point in a series without one. */
  falseAlarms: number;
  /** Fewest values of a level, at least 2. */
  minLength: number;
  /** Of the shuffling; the same seed finds the same. */
  seed?: number;
}

interface Segment {
  from: number;
  /** Exclusive. */
  to: number;
}

interface Split {
  at: number;
  /** Higher is better. */
  energy: number;
}

/** Random orders that a change point is compared with, at least. */
const MIN_ORDERS = 999;

/**
 * The change points of a series, ascending. The chance of any in a series of exchangeable values is at most `falseAlarms`.
 * @param values in the order of time
 */
export function changePoints(values: readonly number[], options: ChangePointOptions): ChangePoint[] {
  const { falseAlarms, minLength, seed = 1 } = options;
  const random = newRandom(seed);
  const distances = distanceMatrix(values);
  const order = Uint32Array.from(values, (_, index) => index);
  const segments: Segment[] = [{ from: 0, to: values.length }];
  const found: ChangePoint[] = [];
  for (;;) {
    const [best] = segments
      .flatMap((segment) => {
        const split = bestSplit(distances, order, segment, minLength);
        return split === null ? [] : [{ segment, split }];
      })
      .sort((a, b) => b.split.energy - a.split.energy);
    if (best === undefined) break;
    const p = chanceOf(best.split.energy, distances, segments, minLength, falseAlarms, random);
    if (p > falseAlarms) break;
    found.push({ at: best.split.at, p });
    const { from, to } = best.segment;
    segments.splice(segments.indexOf(best.segment), 1, { from, to: best.split.at }, { from: best.split.at, to });
  }
  return found.sort((a, b) => a.at - b.at);
}

/** Row by row. */
interface Distances {
  size: number;
  between: Float64Array;
}

function distanceMatrix(values: readonly number[]): Distances {
  const size = values.length;
  const between = new Float64Array(size * size);
  for (const [row, a] of values.entries()) {
    for (const [column, b] of values.entries()) between[row * size + column] = Math.abs(a - b);
  }
  return { size, between };
}

/**
 * The best split of a segment: the part before it and a part after it, however long, that are farthest from each other, by
 * `n m / (n + m) * (2 mean|x - y| - mean|x - x'| - mean|y - y'|)`. The part after it need not reach to the end: of a step there
 * and back, both sides of the first step would else be much alike. Null for a segment too short to be split.
 * @param order which value is where
 */
function bestSplit(distances: Distances, order: Uint32Array, { from, to }: Segment, minLength: number): Split | null {
  const length = to - from;
  if (length < 2 * minLength) return null;
  const sums = rowSums(distances, order, from, length);
  const width = length + 1;
  let best: Split | null = null;
  // Of pairs before the split.
  let before = 0;
  for (let at = 0; at <= length - minLength; at++) {
    if (at >= minLength) {
      // Of pairs across the split, and of those after it.
      let [across, after] = [0, 0];
      for (let last = at; last < length; last++) {
        const row = last * width;
        across += sums[row + at] ?? 0;
        after += (sums[row + last] ?? 0) - (sums[row + at] ?? 0);
        const m = last + 1 - at;
        if (m < minLength) continue;
        const energy =
          ((at * m) / (at + m)) *
          ((2 * across) / (at * m) - (2 * before) / (at * (at - 1)) - (2 * after) / (m * (m - 1)));
        if (best === null || energy > best.energy) best = { at: from + at, energy };
      }
    }
    before += sums[at * width + at] ?? 0;
  }
  return best;
}

/** Row by row: sums of the distances from one value of a segment to the first so many of it. */
function rowSums({ size, between }: Distances, order: Uint32Array, from: number, length: number): Float64Array {
  const width = length + 1;
  const sums = new Float64Array(length * width);
  for (let row = 0; row < length; row++) {
    const own = (order[from + row] ?? 0) * size;
    let sum = 0;
    for (let column = 0; column < length; column++) {
      sum += between[own + (order[from + column] ?? 0)] ?? 0;
      sums[row * width + column + 1] = sum;
    }
  }
  return sums;
}

/** Sums in another order differ in their last digits. */
const ROUNDING = 1 - 1e-9;

/**
 * The share of random orders, within each segment, whose best split is at least as good: a p value, this order being one
 * of them. It stops as soon as the share must be above `falseAlarms`.
 */
function chanceOf(
  energy: number,
  distances: Distances,
  segments: readonly Segment[],
  minLength: number,
  falseAlarms: number,
  random: Random,
): number {
  const orders = Math.max(MIN_ORDERS, Math.ceil(20 / falseAlarms) - 1);
  const order = Uint32Array.from({ length: distances.size }, (_, index) => index);
  let asGood = 1;
  for (let drawn = 1; drawn <= orders; drawn++) {
    for (const segment of segments) shuffle(order, segment, random);
    const isAsGood = segments.some(
      (segment) => (bestSplit(distances, order, segment, minLength)?.energy ?? -Infinity) >= energy * ROUNDING,
    );
    if (!isAsGood) continue;
    asGood += 1;
    if (asGood > falseAlarms * (orders + 1)) return asGood / (drawn + 1);
  }
  return asGood / (orders + 1);
}

/** Fisher and Yates. */
function shuffle(order: Uint32Array, { from, to }: Segment, random: Random): void {
  for (let last = to - 1; last > from; last--) {
    const other = from + Math.floor(random() * (last - from + 1));
    const held = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = held;
  }
}
