import { describe, expect, test } from 'vitest';
import {
  leadsToMatch,
  matchedTotal,
  matchingFunctions,
  type Query,
  searchFrames,
} from '../../../src/flamegraph/view/frame-search.js';
import { CATEGORIES } from '../../../src/model/category.js';
import { type ExampleNode, treeOf } from '../../support/trees.js';

const call = (frame: number, self: number, ...children: ExampleNode[]): ExampleNode => ({
  frame,
  category: CATEGORIES.indexOf(frame === 3 ? 'gc' : 'own'),
  self: [self * 1000, self],
  children,
});

const FRAMES = ['main', 'Parse', 'parseJSON', 'C++ operator()'].map((name, index) => ({
  name,
  function: index + 10,
  file: index === 0 ? '/srv/app/parse.ts' : '',
  module: index === 3 ? '/usr/lib/libstdc++.so.6' : '',
  kind: 'native' as const,
}));
// 0 root, 1 operator(), 2 main, 3 Parse, 4 parseJSON, 5 Parse again
const TREE = treeOf(call(-1, 0, call(0, 5, call(1, 10, call(2, 20, call(1, 5)))), call(3, 60)));
const text = (words: string): Query => ({ by: 'text', text: words });
const found = (query: Query) => {
  const matches = searchFrames(TREE, FRAMES, query);
  const { nodes, count } = matches;
  return {
    nodes: [...nodes.keys()].filter((node) => nodes[node] === 1),
    samples: matchedTotal(TREE, matches)[1],
    count,
  };
};

describe('a search', () => {
  test('finds in any case, and counts what stands below a match once', () => {
    expect(found(text('pars'))).toEqual({ nodes: [2, 3, 4, 5], samples: 40, count: 4 });
  });

  test('keeps to the case where there are capitals', () => {
    expect(found(text('Pars')).nodes).toEqual([3, 5]);
  });

  test('takes brackets and plus signs for what they are', () => {
    expect(found(text('c++ operator()')).nodes).toEqual([1]);
  });

  test('takes an expression between slashes, of names alone', () => {
    expect(found(text('/^parse$/')).nodes).toEqual([3, 5]);
    expect(searchFrames(TREE, FRAMES, text('/[/')).broken).toBe(true);
  });

  test('looks at modules and files too', () => {
    expect(found(text('libstdc')).nodes).toEqual([1]);
    expect(found(text('/srv/app')).nodes).toEqual([2]);
  });

  test('finds a function, a library or a category as a whole', () => {
    expect(found({ by: 'function', function: 11 })).toEqual({ nodes: [3, 5], samples: 35, count: 2 });
    expect(found({ by: 'library', library: '/usr/lib/libstdc++.so.6' }).nodes).toEqual([1]);
    expect(found({ by: 'category', category: CATEGORIES.indexOf('gc') }).nodes).toEqual([1]);
  });

  test('knows the functions it finds', () => {
    expect(matchingFunctions(FRAMES, text('pars'))).toEqual(new Set([10, 11, 12]));
    expect(matchingFunctions(FRAMES, text('/[/'))).toBeNull();
    expect(matchingFunctions(FRAMES, { by: 'category', category: 0 })).toBeNull();
  });

  test('knows which frames lead to a match', () => {
    const matches = searchFrames(TREE, FRAMES, text('parseJSON'));
    expect([0, 1, 2, 3, 4, 5].filter((node) => leadsToMatch(TREE, matches, node))).toEqual([0, 2, 3]);
  });
});
