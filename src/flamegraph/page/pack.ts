import { deflateRawSync } from 'node:zlib';
import { CATEGORIES } from '../../model/category.js';
import type { Frame, Profile } from '../../model/profile.js';
import type { DiffNode } from '../../profiles/analysis/diff.js';
import { NormalisedFrames } from '../../profiles/analysis/normalised-frames.js';
import type { CategorisedProfile } from '../../profiles/categories/categorise.js';
import { GROUPINGS, type Grouping, groupBy } from '../../profiles/group-by.js';
import { cpuUsPerRequest, weightName } from '../../profiles/measures.js';
import { CATEGORY_LIST } from '../../report/profiles/category-colours.js';
import { GrowingTree } from '../view/growing-tree.js';
import { type DiffView, type Packed, type PackedTimeline, type PageData, packColumns } from '../view/page-data.js';
import { at, type TreeModel } from '../view/tree-model.js';
import { intervalsOf } from './intervals.js';

/** More would make a page of tens of megabytes. */
const MAX_INTERVALS = 250_000;

/** Where samples end. */
interface End {
  node: number;
  /** -1 where it isn't known. */
  thread: number;
  values: [number, number];
}

/**
 * A profile's data for its page.
 * @param categorised without groups: see `groupBy`
 * @param grouping shown first
 */
export function profileData(categorised: CategorisedProfile, grouping: Grouping): PageData {
  const { profile, frameCategories } = categorised;
  const grown = new GrowingTree();
  const ends = profile.stacks.map(({ frames, weight, samples, thread }, index): End => {
    const categories = frameCategories[index] ?? [];
    let node = 0;
    for (const [depth, frame] of frames.entries()) {
      node = grown.child(node, frame, CATEGORIES.indexOf(categories[depth] ?? 'unknown'));
    }
    return { node, thread: thread ?? -1, values: [weight, samples] };
  });
  const { tree, places } = grown.finish();
  const nodes = ends.map(({ node }) => at(places, node));
  const strings = new Strings();
  const functions = new NormalisedFrames();
  const functionOf = functions.add(profile);
  const groupings = groupingsOf(profile, strings);
  return {
    ...packFrames(profile.frames, functionOf, functions.frames, strings),
    ...packTree(tree, ends, places, scaleFor(profile)),
    groupings,
    grouping: groupings.some(({ by }) => by === grouping) ? grouping : 'none',
    timeline: packTimeline(profile, nodes),
    view: {
      kind: 'profile',
      unit: profile.meta.unit,
      event: profile.meta.event,
      measure: weightName(profile.meta),
      usPerRequest: cpuUsPerRequest(1, profile.meta),
    },
    strings: strings.all,
  };
}

/** A diff's data for its page. @param scale of values, which are packed as integers */
export function diffData(frames: readonly Frame[], root: DiffNode, scale: number, view: DiffView): PageData {
  const grown = new GrowingTree();
  const ends: End[] = [];
  // No recursion: stacks may be deeper than JavaScript's.
  const waiting: { from: DiffNode; node: number }[] = [{ from: root, node: 0 }];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const { from, node } = entry;
    ends.push({ node, thread: -1, values: [from.selfAfter, from.selfBefore] });
    for (const child of from.children) {
      waiting.push({ from: child, node: grown.child(node, child.frame, CATEGORIES.indexOf(child.category)) });
    }
  }
  const { tree, places } = grown.finish();
  const strings = new Strings();
  return {
    ...packFrames(frames, [...frames.keys()], frames, strings),
    ...packTree(tree, ends, places, scale),
    groupings: [],
    grouping: 'none',
    timeline: null,
    view,
    strings: strings.all,
  };
}

/** Strings, each stored once. */
class Strings {
  readonly #indices = new Map<string, number>();

  /** Of a string; -1 for none. */
  index(text: string | null): number {
    if (text === null || text === '') return -1;
    const index = this.#indices.get(text) ?? this.#indices.size;
    this.#indices.set(text, index);
    return index;
  }

  get all(): string[] {
    return [...this.#indices.keys()];
  }
}

function packFrames(
  frames: readonly Frame[],
  functionOf: readonly number[],
  functions: readonly Frame[],
  strings: Strings,
): Pick<PageData, 'frames' | 'frameKinds' | 'functions' | 'categories'> {
  return {
    frames: frames.flatMap(({ name, file, module, line }, index) => [
      strings.index(name),
      strings.index(file),
      strings.index(module),
      functionOf[index] ?? -1,
      Math.max(0, line ?? 0),
    ]),
    frameKinds: frames.map(({ kind }) => kind),
    functions: functions.map(({ name }) => strings.index(name)),
    categories: CATEGORY_LIST,
  };
}

function packTree(
  { nodes, frame, category, depth }: TreeModel,
  ends: readonly End[],
  places: Int32Array,
  scale: number,
): Pick<PageData, 'tree' | 'ends' | 'scale'> {
  const rises = Int32Array.from({ length: nodes }, (_, node) =>
    node === 0 ? 0 : at(depth, node - 1) + 1 - at(depth, node),
  );
  const sorted = ends.toSorted((a, b) => at(places, a.node) - at(places, b.node) || a.thread - b.thread);
  return {
    tree: pack([frame.map((index) => index + 1), category, rises]),
    ends: pack([
      sorted.map(({ node }, row) => at(places, node) - at(places, sorted[row - 1]?.node ?? 0)),
      sorted.map(({ thread }) => thread + 1),
      sorted.map(({ values }) => Math.round(values[0] * scale)),
      sorted.map(({ values }) => Math.round(values[1] * scale)),
    ]),
    scale,
  };
}

function pack(columns: readonly ArrayLike<number>[]): Packed {
  const rows = columns[0]?.length ?? 0;
  return { rows, columns: deflateRawSync(packColumns(columns)).toString('base64') };
}

/** Values are packed as integers. Weights that are none, such as samples of half a weight, keep three decimals. */
function scaleFor({ stacks }: Profile): number {
  const largest = stacks.reduce((most, { weight }) => Math.max(most, weight), 0);
  return stacks.every(({ weight }) => Number.isInteger(weight)) || largest > 1e9 ? 1 : 1000;
}

/** Groupings that tell stacks apart. */
function groupingsOf(profile: Profile, strings: Strings): PageData['groupings'] {
  return GROUPINGS.filter((by) => by !== 'none').flatMap((by) => {
    const isKnown = by === 'comm' || profile.threads.some((thread) => thread[by] !== null);
    if (profile.threads.length < 2 || !isKnown) return [];
    const grouped = groupBy(profile, by);
    const groups = profile.threads.map(() => -1);
    for (const { thread, frames } of grouped.stacks) {
      if (thread !== undefined) groups[thread] = strings.index(grouped.frames[frames[0] ?? -1]?.name ?? null);
    }
    return new Set(groups).size > 1 ? [{ by, groups }] : [];
  });
}

/** @param nodes in which the profile's stacks end */
function packTimeline(profile: Profile, nodes: readonly number[]): PackedTimeline | null {
  const known = intervalsOf(profile);
  if (known === null || known.intervals.length > MAX_INTERVALS) return null;
  const { lanes, intervals, sampleUs } = known;
  const gaps = intervals.map(({ lane, fromUs }, index) => {
    const before = intervals[index - 1];
    return fromUs - (before?.lane === lane ? before.toUs : 0);
  });
  return {
    ...pack([
      intervals.map(({ lane }) => lane),
      gaps,
      intervals.map(({ fromUs, toUs }) => toUs - fromUs),
      intervals.map(({ stack }) => nodes[stack] ?? 0),
    ]),
    lanes,
    sampleUs,
  };
}
