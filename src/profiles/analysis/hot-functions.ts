import { CATEGORIES, type Category } from '../../model/category.js';
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
  const { functions, functionOf } = summaryOf(categorised);
  const chosen = only && new Set(functionOf.filter((_, frame) => only[frame]));
  return [...functions]
    .filter(([id, hot]) => (!chosen || chosen.has(id)) && (hot[by].samples > 0 || hot[by].weight > 0))
    .map(([, hot]) => hot)
    .sort((a, b) => b[by].weight - a[by].weight || (a.frame.name < b.frame.name ? -1 : 1))
    .slice(0, limit);
}

/** All functions of a profile. */
interface Summary {
  /** By the index of their normalised frame. */
  functions: ReadonlyMap<number, HotFunction>;
  /** Parallel to `profile.frames`: the function of each. */
  functionOf: readonly number[];
}

/** A report asks for the functions of a profile several times, and a large one takes a while to add up. */
const SUMMARIES = new WeakMap<CategorisedProfile, Summary>();

function summaryOf(categorised: CategorisedProfile): Summary {
  const known = SUMMARIES.get(categorised);
  if (known) return known;
  const { profile } = categorised;
  const whole = profileSize(profile);
  const normalised = new NormalisedFrames();
  const functionOf = normalised.add(profile);
  const part = (samples: number, weight: number): HotPart => ({
    samples,
    weight,
    share: shareOf(weight, whole.weight),
    cpuUsPerRequest: cpuUsPerRequest(weight, profile.meta),
  });
  const functions = new Map<number, HotFunction>();
  for (const [id, total] of functionTotals(categorised, functionOf)) {
    const frame = normalised.frames[id];
    if (!frame) continue;
    const self = part(total.selfSamples, total.selfWeight);
    functions.set(id, {
      frame,
      category: total.category,
      self,
      total: part(total.totalSamples, total.totalWeight),
    });
  }
  const summary = { functions, functionOf };
  SUMMARIES.set(categorised, summary);
  return summary;
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

/** Weights by category, in rows of one function each. */
class CategoryWeights {
  readonly #weights: Float64Array;

  constructor(functions: number) {
    this.#weights = new Float64Array(functions * CATEGORIES.length);
  }

  add(id: number, category: number, weight: number): void {
    const place = id * CATEGORIES.length + category;
    this.#weights[place] = (this.#weights[place] ?? 0) + weight;
  }

  /** Undefined if a function has no weight. */
  heaviest(id: number): Category | undefined {
    const row = this.#weights.subarray(id * CATEGORIES.length, (id + 1) * CATEGORIES.length);
    let largest = -1;
    for (let index = 0; index < row.length; index++) {
      if ((row[index] ?? 0) > (row[largest] ?? 0)) largest = index;
    }
    return CATEGORIES[largest];
  }
}

const CATEGORY_INDEX = new Map<Category | undefined, number>(CATEGORIES.map((category, index) => [category, index]));

/**
 * Adds up a profile by function.
 * @param functionOf parallel to the profile's frames: the function of each frame
 * @returns the totals of all functions in stacks
 */
export function functionTotals(
  { profile, frameCategories }: CategorisedProfile,
  functionOf: readonly number[],
): Map<number, FunctionTotal> {
  const size = functionOf.reduce((most, id) => Math.max(most, id + 1), 0);
  const totals: (Omit<FunctionTotal, 'category'> | undefined)[] = new Array(size);
  const self = new CategoryWeights(size);
  const within = new CategoryWeights(size);
  /** The last stack in which a function was seen. */
  const lastSeen = new Int32Array(size).fill(-1);
  for (const [index, { frames, samples, weight }] of profile.stacks.entries()) {
    const categories = frameCategories[index] ?? [];
    for (let depth = 0; depth < frames.length; depth++) {
      const id = functionOf[frames[depth] ?? -1] ?? 0;
      const category = CATEGORY_INDEX.get(categories[depth]) ?? UNKNOWN;
      let total = totals[id];
      if (!total) {
        total = { selfSamples: 0, selfWeight: 0, totalSamples: 0, totalWeight: 0 };
        totals[id] = total;
      }
      within.add(id, category, weight);
      if (depth === frames.length - 1) {
        total.selfSamples += samples;
        total.selfWeight += weight;
        self.add(id, category, weight);
      }
      if (lastSeen[id] === index) continue;
      lastSeen[id] = index;
      total.totalSamples += samples;
      total.totalWeight += weight;
    }
  }
  const found = new Map<number, FunctionTotal>();
  for (const [id, total] of totals.entries()) {
    if (total) found.set(id, { ...total, category: self.heaviest(id) ?? within.heaviest(id) ?? 'unknown' });
  }
  return found;
}

const UNKNOWN = CATEGORIES.indexOf('unknown');
