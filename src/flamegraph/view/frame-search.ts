import { formatDecimal } from '../../lib/format.js';
import { formatShare, formatWeight, microseconds } from './format-frame.js';
import { changeRow } from './node-details.js';
import type { NamedFrame, PageData } from './page-data.js';
import { at, type TreeModel } from './tree-model.js';

type SearchableFrame = Pick<NamedFrame, 'name' | 'functionName' | 'file' | 'module'>;

/** A search: typed text, a function, or all of a category or module. */
export type Query =
  | { by: 'text'; text: string }
  | { by: 'function'; name: string }
  | { by: 'category'; category: number }
  | { by: 'module'; module: string };

export interface Matches {
  /** 1 for each matching node. */
  nodes: Uint8Array;
  /** The number of matches before each node, in preorder: counts a subtree's matches without walking through it. */
  before: Int32Array;
  count: number;
  /** The two values of all matches with everything below them. A match below another match doesn't count again. */
  total: [number, number];
  /** The text is an invalid regular expression. */
  broken: boolean;
}

/** Finds all matching nodes, drawn or not. */
export function searchFrames(tree: TreeModel, frames: readonly SearchableFrame[], query: Query): Matches {
  const matches: Matches = {
    nodes: new Uint8Array(tree.nodes),
    before: new Int32Array(tree.nodes + 1),
    count: 0,
    total: [0, 0],
    broken: false,
  };
  const test = frameTest(query);
  if (test === null) return { ...matches, broken: true };
  const byFrame = query.by === 'category' ? null : Uint8Array.from(frames, (frame) => (test(frame) ? 1 : 0));
  let counted = 0;
  for (let node = 1; node < tree.nodes; node++) {
    const matched =
      query.by === 'category'
        ? at(tree.category, node) === query.category
        : byFrame !== null && at(byFrame, at(tree.frame, node)) === 1;
    matches.before[node] = matches.count;
    if (!matched) continue;
    matches.nodes[node] = 1;
    matches.count++;
    if (node < counted) continue;
    counted = at(tree.end, node);
    matches.total[0] += at(tree.total[0], node);
    matches.total[1] += at(tree.total[1], node);
  }
  matches.before[tree.nodes] = matches.count;
  return matches;
}

/** Whether a node calls a match, at any depth. */
export function leadsToMatch(tree: TreeModel, { before }: Matches, node: number): boolean {
  return at(before, at(tree.end, node)) > at(before, node + 1);
}

/** Null if the text is an invalid regular expression. */
function frameTest(query: Query): ((frame: SearchableFrame) => boolean) | null {
  switch (query.by) {
    case 'text':
      return textTest(query.text);
    case 'function':
      return (frame) => frame.functionName === query.name;
    case 'module':
      return (frame) => frame.module === query.module;
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
  const [first, second] = matches.total;
  if (view.kind === 'diff') return `Matched ${changeRow(view, second, first)} ${places}`;
  const perRequest =
    view.usPerRequest === null ? [] : [`${microseconds(first * view.usPerRequest)} of ${view.measure} per request`];
  return [
    `Matched ${formatShare(first, at(tree.total[0], 0))}`,
    formatWeight(second, 'samples'),
    ...perRequest,
    places,
  ].join(' · ');
}
