import type { Category } from '../../model/category.js';
import type { Frame, ProfileMeta } from '../../model/profile.js';

/**
 * What before and after are counted in. CPU time per request compares work that was done; a share only how it was
 * spread, so that a function whose share grew may well have become faster.
 */
export type DiffMeasure =
  | { unit: 'cpu-us-per-request' }
  /** 0 to 1 of the profile's weight. @property reason why it isn't CPU time per request */
  | { unit: 'share'; reason: string };

/** A function in the place where it was called, in either profile. What vanished has `after` 0, what is new `before` 0. */
export interface DiffNode {
  /** Index into the diff's `frames`; -1 for the root. */
  frame: number;
  category: Category;
  /** Of this node and all below it, in the diff's measure. */
  before: number;
  after: number;
  selfBefore: number;
  selfAfter: number;
  /** The largest first, by the greater of before and after. */
  children: DiffNode[];
}

/** One function wherever it was called. `total` counts a stack once, however often the function is in it. */
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
  /** With normalised names, so that both profiles' frames meet. Files are kept for scripts only, lines never. */
  frames: Frame[];
  /** Null across languages, of which only categories compare. */
  tree: DiffNode | null;
  /** Why there is no tree; null where there is one. */
  treeAbsentReason: string | null;
  /** The largest change of self first; empty without a tree. */
  functions: FunctionDiff[];
  /** In the order of CATEGORIES, those that are in either profile. */
  categories: CategoryDiff[];
  /** What a reader must know to not misread it, in sentences. */
  caveats: string[];
}
