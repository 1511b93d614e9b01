import type { NamedFrame } from './frames.js';
import { at, type TreeModel } from './tree-model.js';

type SearchableFrame = Pick<NamedFrame, 'name' | 'functionName' | 'file' | 'module'>;

/** What is looked for: words that somebody typed, one function, or all of a category or module. */
export type Query =
  | { by: 'text'; text: string }
  | { by: 'function'; name: string }
  | { by: 'category'; category: number }
  | { by: 'module'; module: string };

export interface Matches {
  /** 1 for each node that matches. */
  nodes: Uint8Array;
  /** How many matches there are before each node, in preorder: of a part of the tree, without walking through it. */
  before: Int32Array;
  count: number;
  /** The two values of what matches with all below it, each counted once: a match below a match adds nothing. */
  total: [number, number];
  /** The text is a regular expression that can't be read. */
  broken: boolean;
}

/** Everything in the tree that answers the query, drawn or not. */
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

/** Does the node call, at any depth, what matches? */
export function leadsToMatch(tree: TreeModel, { before }: Matches, node: number): boolean {
  return at(before, at(tree.end, node)) > at(before, node + 1);
}

/** Null where the text can't be read. */
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
 * Plain text in name, file or module, in any case unless it has capitals: `json` finds JSON, `JSON` doesn't find
 * `callJSOnread`. `/like this/` is a regular expression on the name.
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
