import { describe, expect, test } from 'vitest';
import { packTree } from '../../../src/flamegraph/page/flame-section.js';
import { leadsToMatch, type Query, searchFrames } from '../../../src/flamegraph/view/frame-search.js';
import { treeModel } from '../../../src/flamegraph/view/tree-model.js';

interface Example {
  frame: number;
  self: number;
  children: Example[];
}
const call = (frame: number, self: number, ...children: Example[]): Example => ({ frame, self, children });

const FRAMES = ['main', 'Parse', 'parseJSON', 'C++ operator()'].map((name, index) => ({
  name,
  functionName: name.toLowerCase(),
  file: index === 0 ? '/srv/app/parse.ts' : '',
  module: index === 3 ? 'libstdc++' : '',
}));
// 0 root, 1 main, 2 Parse, 3 parseJSON, 4 Parse again, 5 operator()
const ROOT = call(-1, 0, call(0, 5, call(1, 10, call(2, 20, call(1, 5)))), call(3, 60));
const packed = packTree(ROOT, ({ frame, self, children }) => ({
  frame,
  category: frame === 3 ? 'gc' : 'own',
  self: [self * 1000, self],
  children,
}));
const TREE = treeModel(packed.bytes, packed.nodes);
const text = (words: string): Query => ({ by: 'text', text: words });
const found = (query: Query) => {
  const { nodes, total, count } = searchFrames(TREE, FRAMES, query);
  return { nodes: [...nodes.keys()].filter((node) => nodes[node] === 1), samples: total[1], count };
};

describe('a search', () => {
  test('finds in any case, and counts what stands below a match once', () => {
    expect(found(text('pars'))).toEqual({ nodes: [1, 2, 3, 4], samples: 40, count: 4 });
  });

  test('keeps to the case where there are capitals', () => {
    expect(found(text('Pars')).nodes).toEqual([2, 4]);
  });

  test('takes brackets and plus signs for what they are', () => {
    expect(found(text('c++ operator()')).nodes).toEqual([5]);
  });

  test('takes an expression between slashes, of names alone', () => {
    expect(found(text('/^parse$/')).nodes).toEqual([2, 4]);
    expect(searchFrames(TREE, FRAMES, text('/[/')).broken).toBe(true);
  });

  test('looks at modules and files too', () => {
    expect(found(text('libstdc')).nodes).toEqual([5]);
    expect(found(text('/srv/app')).nodes).toEqual([1]);
  });

  test('finds a function, a module or a category as a whole', () => {
    expect(found({ by: 'function', name: 'parse' })).toEqual({ nodes: [2, 4], samples: 35, count: 2 });
    expect(found({ by: 'module', module: 'libstdc++' }).nodes).toEqual([5]);
    expect(found({ by: 'category', category: 10 }).nodes).toEqual([5]);
  });

  test('knows which frames lead to a match', () => {
    const matches = searchFrames(TREE, FRAMES, text('parseJSON'));
    expect([0, 1, 2, 3, 4, 5].filter((node) => leadsToMatch(TREE, matches, node))).toEqual([0, 1, 2]);
  });
});
