import type { Category } from '../../model/category.js';
import type { Frame } from '../../model/profile.js';
import type { CategorisedProfile } from '../categories/categorise.js';
import { cpuUsPerRequest, profileSize, shareOf } from '../measures.js';
import { NormalisedFrames } from './normalised-frames.js';

/** A function's self time, or its total time with everything it calls. */
export interface HotPart {
  samples: number;
  /** In the profile's unit. */
  weight: number;
  /** Of the profile's weight, 0 to 1. */
  share: number;
  cpuUsPerRequest: number | null;
}

export interface HotFunction {
  /** With a normalised name, so that a JavaScript function's tiers are merged. */
  frame: Frame;
  /** What most of its self time is spent on; without self time, of its total time. */
  category: Category;
  self: HotPart;
  /** A stack counts once, however often the function is in it. */
  total: HotPart;
}

interface HotFunctionOptions {
  /** What to sort by; `self` by default. */
  by?: 'self' | 'total';
  /** The maximum number of functions; all by default. */
  limit?: number;
  /** Only functions of these frames, parallel to `profile.frames`. */
  only?: readonly boolean[];
}

/** A profile's functions, hottest first, without those that have no such time. */
export function hotFunctions(categorised: CategorisedProfile, options: HotFunctionOptions = {}): HotFunction[] {
  const { by = 'self', limit = Number.POSITIVE_INFINITY, only } = options;
  const { profile } = categorised;
  const whole = profileSize(profile);
  const functions = new NormalisedFrames();
  const functionOf = functions.add(profile);
  const totals = functionTotals(categorised, functionOf);
  const chosen = only && new Set(functionOf.filter((_, frame) => only[frame]));
  const part = (samples: number, weight: number): HotPart => ({
    samples,
    weight,
    share: shareOf(weight, whole.weight),
    cpuUsPerRequest: cpuUsPerRequest(weight, profile.meta),
  });
  return [...totals]
    .flatMap(([id, total]) => {
      const frame = functions.frames[id];
      if (!frame || (chosen && !chosen.has(id))) return [];
      return [
        {
          frame,
          category: total.category,
          self: part(total.selfSamples, total.selfWeight),
          total: part(total.totalSamples, total.totalWeight),
        },
      ];
    })
    .filter((hot) => hot[by].samples > 0 || hot[by].weight > 0)
    .sort((a, b) => b[by].weight - a[by].weight || (a.frame.name < b.frame.name ? -1 : 1))
    .slice(0, limit);
}

/** A function's part of a profile. */
interface FunctionTotal {
  selfSamples: number;
  selfWeight: number;
  /** Of stacks with the function, each counted once. */
  totalSamples: number;
  totalWeight: number;
  /** What most of its self time is spent on; for a function that is never a leaf, of its total time. */
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
 * Adds up a profile by function.
 * @param functionOf parallel to the profile's frames: the function of each frame
 * @returns the totals of all functions in stacks
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
