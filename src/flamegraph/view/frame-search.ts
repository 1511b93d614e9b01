import { formatDecimal } from '../../lib/format.js';
import { formatSamples } from '../../profiles/format-figures.js';
import { formatShare, microseconds } from './format-frame.js';
import { libraryOf } from './library.js';
import { changeRow } from './node-details.js';
import type { NamedFrame, PageData } from './page-data.js';
import { at, type TreeModel, type TreeShape } from './tree-model.js';

type SearchableFrame = Pick<NamedFrame, 'name' | 'function' | 'file' | 'module' | 'kind'>;

/** A search: typed text, a function, or all of a category or library. */
export type Query =
  | { by: 'text'; text: string }
  | { by: 'function'; function: number }
  | { by: 'category'; category: number }
  | { by: 'library'; library: string };

export interface Matches {
  /** 1 for each matching node. */
  nodes: Uint8Array;
  /** The number of matches before each node, in preorder: counts a subtree's matches without walking through it. */
  before: Int32Array;
  count: number;
  /** The text is an invalid regular expression. */
  broken: boolean;
}

/** Finds all matching nodes, drawn or not. */
export function searchFrames(tree: TreeShape, frames: readonly SearchableFrame[], query: Query): Matches {
  const matches: Matches = {
    nodes: new Uint8Array(tree.nodes),
    before: new Int32Array(tree.nodes + 1),
    count: 0,
    broken: false,
  };
  const test = frameTest(query);
  if (test === null) return { ...matches, broken: true };
  const byFrame = query.by === 'category' ? null : Uint8Array.from(frames, (frame) => (test(frame) ? 1 : 0));
  for (let node = 1; node < tree.nodes; node++) {
    const matched =
      query.by === 'category'
        ? at(tree.category, node) === query.category
        : byFrame !== null && at(byFrame, at(tree.frame, node)) === 1;
    matches.before[node] = matches.count;
    if (!matched) continue;
    matches.nodes[node] = 1;
    matches.count++;
  }
  matches.before[tree.nodes] = matches.count;
  return matches;
}

/** The two values of all matches with everything below them. A match below another match doesn't count again. */
export function matchedTotal(tree: TreeModel, matches: Matches): [number, number] {
  const sum: [number, number] = [0, 0];
  for (let node = 1; node < tree.nodes; ) {
    if (at(matches.nodes, node) === 0) {
      node++;
      continue;
    }
    sum[0] += at(tree.total[0], node);
    sum[1] += at(tree.total[1], node);
    node = at(tree.end, node);
  }
  return sum;
}

/** The functions of matching frames; null if the query is for something else, or invalid. */
export function matchingFunctions(frames: readonly SearchableFrame[], query: Query): ReadonlySet<number> | null {
  const test = query.by === 'category' ? null : frameTest(query);
  return test && new Set(frames.filter(test).map((frame) => frame.function));
}

/** Whether a node calls a match, at any depth. */
export function leadsToMatch(tree: TreeShape, { before }: Matches, node: number): boolean {
  return at(before, at(tree.end, node)) > at(before, node + 1);
}

/** Null if the text is an invalid regular expression. */
function frameTest(query: Query): ((frame: SearchableFrame) => boolean) | null {
  switch (query.by) {
    case 'text':
      return textTest(query.text);
    case 'function':
      return (frame) => frame.function === query.function;
    case 'library':
      return (frame) => libraryOf(frame) === query.library;
    case 'category':
      return () => false;
    default: {
      const never: never = query;
      return never;
    }
  }
}

/**
 * Plain text matches name, file or module, ignoring case unless it contains capitals: `json` finds JSON, `JSON` doesn't
 * find `callJSOnread`. `/like this/` is a regular expression for the name.
 */
function textTest(text: string): ((frame: SearchableFrame) => boolean) | null {
  const pattern = /^\/(.+)\/$/.exec(text)?.[1];
  if (pattern !== undefined) {
    try {
      const expression = new RegExp(pattern, pattern === pattern.toLowerCase() ? 'iu' : 'u');
      return (frame) => expression.test(frame.name);
    } catch {
      return null;
    }
  }
  const fold = text === text.toLowerCase() ? (field: string) => field.toLowerCase() : (field: string) => field;
  return (frame) => [frame.name, frame.file, frame.module].some((field) => fold(field).includes(text));
}

/** The result of a search in one line, its share first. */
export function formatMatches({ view }: Pick<PageData, 'view'>, tree: TreeModel, matches: Matches): string {
  if (matches.broken) return 'Invalid regular expression';
  if (matches.count === 0) return 'No matches';
  const places = `in ${formatDecimal(matches.count, 0)} ${matches.count === 1 ? 'frame' : 'frames'}`;
  const [first, second] = matchedTotal(tree, matches);
  if (view.kind === 'diff') return `Matched ${changeRow(view, second, first)} ${places}`;
  const perRequest =
    view.usPerRequest === null ? [] : [`${microseconds(first * view.usPerRequest)} of ${view.measure} per request`];
  return [`Matched ${formatShare(first, at(tree.total[0], 0))}`, formatSamples(second), ...perRequest, places].join(
    ' · ',
  );
}
