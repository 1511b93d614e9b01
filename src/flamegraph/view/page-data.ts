import type { Category } from '../../model/category.js';
import type { FrameKind, WeightUnit } from '../../model/profile.js';

/** What a page's script is given, as JSON in the page. Text is in `strings` once each; the tree is in `columns`. */
export interface PageData {
  strings: string[];
  /**
   * Five numbers a frame: indices into `strings` of name, function (the name without what differs between runs and
   * between tiers of a compiler), file and module (-1: not known), and the line (0: not known).
   */
  frames: number[];
  frameKinds: FrameKind[];
  categories: { id: Category; label: string; colour: string }[];
  /** Number of nodes in the tree, the root included. */
  nodes: number;
  /**
   * Base64 of raw deflate of packed columns, one entry a node, in preorder: frame + 1 (0: the root), category, how many
   * levels it stands above a child of the node before it, and two values of its own, without what it calls.
   */
  columns: string;
  view: ProfileView | DiffView;
}

/** Values of a node: weight in `unit`, then samples. */
export interface ProfileView {
  kind: 'profile';
  unit: WeightUnit;
  /** `CPU`, `Waiting`, `Allocated`: what the weight is. */
  measure: string;
  /** Microseconds per request for 1 of weight; null where there was no load, or the unit isn't time. */
  usPerRequest: number | null;
}

/** Values of a node: after, then before, each as an integer that is divided by `scale`. */
export interface DiffView {
  kind: 'diff';
  /** CPU microseconds per request, or a share of 1. */
  unit: 'cpu-us-per-request' | 'share';
  scale: number;
  beforeTitle: string;
  afterTitle: string;
}
