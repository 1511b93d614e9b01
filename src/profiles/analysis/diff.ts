import { CATEGORIES, type Category } from '../../model/category.js';
import type { Frame, ProfileMeta } from '../../model/profile.js';
import type { CategorisedProfile } from '../categories/categorise.js';
import { categoryTotals } from '../categories/category-table.js';
import { cpuUsPerRequest, profileSize, shareOf, weightName } from '../measures.js';
import { ChildIndex } from './call-tree.js';
import { functionTotals } from './hot-functions.js';
import { NormalisedFrames } from './normalised-frames.js';

/**
 * The unit of before and after. CPU time per request compares the work itself, shares only its distribution: a function
 * whose share grew may have become faster.
 */
export type DiffMeasure =
  | { unit: 'cpu-us-per-request' }
  /** 0 to 1 of the profile's weight. @property reason why it isn't CPU time per request */
  | { unit: 'share'; reason: string };

/** A function in one place of the call tree of either profile. If it is gone, `after` is 0; if it is new, `before`. */
export interface DiffNode {
  /** Index into the diff's `frames`; -1 for the root. */
  frame: number;
  category: Category;
  /** With everything below it, in the diff's measure. */
  before: number;
  after: number;
  selfBefore: number;
  selfAfter: number;
  /** Largest first, by the greater of before and after. */
  children: DiffNode[];
}

/** A function, wherever it is called. `total` counts a stack once, however often the function is in it. */
export interface FunctionDiff {
  /** Index into the diff's `frames`. */
  frame: number;
  /** What most of its own time, or else of its total, is spent on. */
  category: Category;
  selfBefore: number;
  selfAfter: number;
  totalBefore: number;
  totalAfter: number;
}

export interface CategoryDiff {
  category: Category;
  before: number;
  after: number;
}

/** What changed from one profile to another. */
export interface ProfileDiff {
  before: ProfileMeta;
  after: ProfileMeta;
  measure: DiffMeasure;
  /** With normalised names, so that frames of both profiles match. Files are kept only for scripts, lines never. */
  frames: Frame[];
  /** Null across languages: only categories are comparable. */
  tree: DiffNode | null;
  /** Why there is no tree; null if there is one. */
  treeAbsentReason: string | null;
  /** The largest change of self first; empty without a tree. */
  functions: FunctionDiff[];
  /** Categories of either profile, in the order of CATEGORIES. */
  categories: CategoryDiff[];
  /** What a reader must know, in sentences. */
  caveats: string[];
}

/**
 * Compares two profiles: in CPU time per request if both were captured under load, else in shares. Frames match by
 * normalised name. Between languages, or kinds of profiles, only categories are comparable. `diffProfiles(b, a)` has the
 * same figures with before and after swapped.
 */
export function diffProfiles(before: CategorisedProfile, after: CategorisedProfile): ProfileDiff {
  const metas = [before.profile.meta, after.profile.meta] as const;
  const measure = measureOf(...metas);
  const scaleBefore = scaleOf(before, measure);
  const scaleAfter = scaleOf(after, measure);
  const common = {
    before: metas[0],
    after: metas[1],
    measure,
    categories: categoryDiffs(before, after, scaleBefore, scaleAfter),
    caveats: caveatsOf(...metas),
  };
  const treeAbsentReason = reasonForNoTree(...metas);
  if (treeAbsentReason !== null) return { ...common, frames: [], tree: null, treeAbsentReason, functions: [] };

  const functions = new NormalisedFrames();
  const ofBefore = functions.add(before.profile);
  const ofAfter = functions.add(after.profile);
  const tree = new DiffTree();
  tree.add('before', before, ofBefore, scaleBefore);
  tree.add('after', after, ofAfter, scaleAfter);
  return {
    ...common,
    frames: functions.frames,
    tree: tree.sorted(),
    treeAbsentReason,
    functions: functionDiffs(functionTotals(before, ofBefore), functionTotals(after, ofAfter), scaleBefore, scaleAfter),
  };
}

function measureOf(before: ProfileMeta, after: ProfileMeta): DiffMeasure {
  const without = [before, after].filter((meta) => cpuUsPerRequest(1, meta) === null);
  if (without.length === 0) return { unit: 'cpu-us-per-request' };
  const titles = [...new Set(without.map(({ title }) => title))].join(' and ');
  return { unit: 'share', reason: `CPU time per request is unknown for ${titles}` };
}

/** Factor from a profile's weight to the diff's measure. */
function scaleOf({ profile }: CategorisedProfile, measure: DiffMeasure): number {
  switch (measure.unit) {
    case 'cpu-us-per-request':
      return cpuUsPerRequest(1, profile.meta) ?? 0;
    case 'share':
      return shareOf(1, profileSize(profile).weight);
    default:
      return measure satisfies never;
  }
}

function reasonForNoTree(before: ProfileMeta, after: ProfileMeta): string | null {
  const languages = [before.subject?.language, after.subject?.language] as const;
  if (before.kind !== after.kind) {
    return `one is a ${before.kind} profile and the other a ${after.kind} profile: they count different things`;
  }
  if (before.kind === 'other' && weightName(before) !== weightName(after)) {
    return `one counts ${weightName(before)} and the other ${weightName(after)}`;
  }
  if (languages[0] !== undefined && languages[1] !== undefined && languages[0] !== languages[1]) {
    return `one gateway is written in ${languages[0]} and the other in ${languages[1]}: they have no functions in common`;
  }
  return null;
}

function caveatsOf(before: ProfileMeta, after: ProfileMeta): string[] {
  return [
    ...(before.profiler === after.profiler
      ? []
      : [
          `Captured by different profilers (${before.profiler ?? 'unknown'}, ${after.profiler ?? 'unknown'}): what only one of them sees looks like a change.`,
        ]),
    ...(before.kernel === after.kernel
      ? []
      : [`Kernel frames are ${before.kernel} in the first profile and ${after.kernel} in the second.`]),
  ];
}

function categoryDiffs(
  before: CategorisedProfile,
  after: CategorisedProfile,
  scaleBefore: number,
  scaleAfter: number,
): CategoryDiff[] {
  const totalsAfter = categoryTotals(after);
  return categoryTotals(before)
    .map(({ category, weight }, index) => ({
      category,
      before: weight * scaleBefore,
      after: (totalsAfter[index]?.weight ?? 0) * scaleAfter,
    }))
    .filter((diff) => diff.before > 0 || diff.after > 0 || diff.category === CATEGORIES.at(-1));
}

function functionDiffs(
  before: ReturnType<typeof functionTotals>,
  after: ReturnType<typeof functionTotals>,
  scaleBefore: number,
  scaleAfter: number,
): FunctionDiff[] {
  const change = ({ selfBefore, selfAfter }: FunctionDiff) => Math.abs(selfAfter - selfBefore);
  return [...new Set([...before.keys(), ...after.keys()])]
    .flatMap((frame) => {
      const [was, is] = [before.get(frame), after.get(frame)];
      const heavier = (is?.totalWeight ?? 0) * scaleAfter > (was?.totalWeight ?? 0) * scaleBefore ? is : (was ?? is);
      if (!heavier) return [];
      return [
        {
          frame,
          category: heavier.category,
          selfBefore: (was?.selfWeight ?? 0) * scaleBefore,
          selfAfter: (is?.selfWeight ?? 0) * scaleAfter,
          totalBefore: (was?.totalWeight ?? 0) * scaleBefore,
          totalAfter: (is?.totalWeight ?? 0) * scaleAfter,
        },
      ];
    })
    .sort((a, b) => change(b) - change(a) || a.frame - b.frame);
}

function emptyNode(frame: number, category: Category): DiffNode {
  return { frame, category, before: 0, after: 0, selfBefore: 0, selfAfter: 0, children: [] };
}

/** Merges the stacks of two profiles into one call tree. */
class DiffTree {
  readonly #root = emptyNode(-1, 'unknown');
  readonly #index = new ChildIndex<DiffNode>();

  /**
   * @param functionOf parallel to the profile's frames: indices into the frames of the diff
   * @param scale factor from the profile's weight to the diff's measure
   */
  add(
    side: 'before' | 'after',
    { profile, frameCategories }: CategorisedProfile,
    functionOf: readonly number[],
    scale: number,
  ): void {
    const self = side === 'before' ? 'selfBefore' : 'selfAfter';
    for (const [index, { frames, weight }] of profile.stacks.entries()) {
      const value = weight * scale;
      const categories = frameCategories[index];
      let at = this.#root;
      at[side] += value;
      for (const [depth, frame] of frames.entries()) {
        const id = functionOf[frame] ?? -1;
        at = this.#index.childOf(at, id, () => emptyNode(id, categories?.[depth] ?? 'unknown'));
        at[side] += value;
      }
      at[self] += value;
    }
  }

  /** The root of the tree, with sorted children. */
  sorted(): DiffNode {
    const size = ({ before, after }: DiffNode) => Math.max(before, after);
    for (const { children } of this.#index.parents) {
      children.sort((a, b) => size(b) - size(a) || a.frame - b.frame);
    }
    return this.#root;
  }
}
