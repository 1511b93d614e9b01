import type { Category } from '../../model/category.js';
import type { CategorisedProfile } from '../categories/categorised-profile.js';

/** One function's part of a profile. */
export interface FunctionTotal {
  selfSamples: number;
  selfWeight: number;
  /** Of stacks that the function is in, each counted once however often it is. */
  totalSamples: number;
  totalWeight: number;
  /** What most of its own time is spent on; of a function that is never a leaf, most of the time in or below it. */
  category: Category;
}

interface Tally extends Omit<FunctionTotal, 'category'> {
  self: Map<Category, number>;
  within: Map<Category, number>;
}

const heaviest = (weights: ReadonlyMap<Category, number>): Category | undefined =>
  [...weights].sort(([, a], [, b]) => b - a)[0]?.[0];

const addTo = (weights: Map<Category, number>, category: Category, weight: number): void => {
  weights.set(category, (weights.get(category) ?? 0) + weight);
};

/**
 * Totals by function.
 * @param functionOf for each of the profile's frames, the function it belongs to
 * @returns by function, of those that are in a stack
 */
export function functionTotals(
  { profile, frameCategories }: CategorisedProfile,
  functionOf: readonly number[],
): Map<number, FunctionTotal> {
  const tallies = new Map<number, Tally>();
  const tallyOf = (id: number): Tally => {
    const known = tallies.get(id);
    if (known) return known;
    const tally = {
      selfSamples: 0,
      selfWeight: 0,
      totalSamples: 0,
      totalWeight: 0,
      self: new Map<Category, number>(),
      within: new Map<Category, number>(),
    };
    tallies.set(id, tally);
    return tally;
  };
  for (const [index, { frames, samples, weight }] of profile.stacks.entries()) {
    const categories = frameCategories[index] ?? [];
    const seen = new Set<number>();
    for (const [depth, frame] of frames.entries()) {
      const id = functionOf[frame] ?? -1;
      const tally = tallyOf(id);
      addTo(tally.within, categories[depth] ?? 'unknown', weight);
      if (depth === frames.length - 1) {
        tally.selfSamples += samples;
        tally.selfWeight += weight;
        addTo(tally.self, categories[depth] ?? 'unknown', weight);
      }
      if (seen.has(id)) continue;
      seen.add(id);
      tally.totalSamples += samples;
      tally.totalWeight += weight;
    }
  }
  return new Map(
    [...tallies].map(([id, { self, within, ...total }]) => [
      id,
      { ...total, category: heaviest(self) ?? heaviest(within) ?? 'unknown' },
    ]),
  );
}
