import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GrowingTree } from '../../../src/flamegraph/view/growing-tree.js';
import { packColumns, unpackColumns } from '../../../src/flamegraph/view/page-data.js';
import { treeShape } from '../../../src/flamegraph/view/tree-model.js';

describe('packed columns', () => {
  test('hold any whole number that JavaScript has', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.maxSafeNat(), fc.maxSafeNat())), (rows) => {
        const columns = [rows.map(([a]) => a), rows.map(([, b]) => b)];
        expect(unpackColumns(packColumns(columns), 2, rows.length).map((column) => [...column])).toEqual(columns);
      }),
    );
  });
});

/** Stacks of few frames, so that they share much, with two values. */
const STACKS = fc.array(fc.tuple(fc.array(fc.nat(5), { minLength: 1, maxLength: 6 }), fc.nat(1000), fc.nat(1000)), {
  maxLength: 30,
});

describe('a tree grown from stacks', () => {
  test('has each stack once, with sums, depths, heights and ends, the larger children first', () => {
    fc.assert(
      fc.property(STACKS, (stacks) => {
        const grown = new GrowingTree();
        const ends = stacks.map(([frames, first, second]) => {
          const end = frames.reduce((node, frame) => grown.child(node, frame, frame), 0);
          grown.add(end, first, second);
          return end;
        });
        const { tree, places } = grown.finish();
        const pathOf = (node: number): number[] =>
          node <= 0 ? [] : [...pathOf(tree.parent[node] ?? 0), tree.frame[node] ?? -1];
        for (const [index, [frames]] of stacks.entries()) expect(pathOf(places[ends[index] ?? 0] ?? 0)).toEqual(frames);

        const paths = Array.from({ length: tree.nodes }, (_, node) => pathOf(node));
        expect(new Set(paths.map(String)).size).toBe(tree.nodes);
        for (const [node, path] of paths.entries()) {
          const below = stacks.filter(([frames]) => path.every((frame, level) => frames[level] === frame));
          const own = below.filter(([frames]) => frames.length === path.length);
          const sum = (of: typeof stacks, value: 1 | 2) => of.reduce((all, stack) => all + stack[value], 0);
          expect([tree.total[0][node], tree.total[1][node]]).toEqual([sum(below, 1), sum(below, 2)]);
          if (node > 0) expect([tree.self[0][node], tree.self[1][node]]).toEqual([sum(own, 1), sum(own, 2)]);
          expect(tree.depth[node]).toBe(path.length);
          const deepest = Math.max(path.length, ...below.map(([frames]) => frames.length));
          expect(tree.height[node]).toBe(deepest - path.length);
          expect((tree.end[node] ?? 0) - node).toBe(
            paths.filter((other) => path.every((frame, level) => other[level] === frame)).length,
          );
        }
        const size = (node: number) => Math.max(tree.total[0][node] ?? 0, tree.total[1][node] ?? 0);
        for (let node = 1; node < tree.nodes; node++) {
          const next = tree.end[node] ?? tree.nodes;
          if (next < tree.nodes && tree.parent[next] === tree.parent[node]) {
            expect(size(node)).toBeGreaterThanOrEqual(size(next));
          }
        }
      }),
    );
  });

  test('keeps its shape when it is packed', () => {
    fc.assert(
      fc.property(STACKS, (stacks) => {
        const grown = new GrowingTree();
        for (const [frames] of stacks) frames.reduce((node, frame) => grown.child(node, frame, frame), 0);
        const { tree } = grown.finish();
        const rises = Float64Array.from({ length: tree.nodes }, (_, node) =>
          node === 0 ? 0 : (tree.depth[node - 1] ?? 0) + 1 - (tree.depth[node] ?? 0),
        );
        const { nodes, frame, category, parent, depth, end } = tree;
        const stored = treeShape(
          Float64Array.from(frame, (index) => index + 1),
          Float64Array.from(category),
          rises,
        );
        expect(stored).toEqual({ nodes, frame, category, parent, depth, end });
      }),
    );
  });

  test('may be 100,000 levels deep', () => {
    const grown = new GrowingTree();
    let node = 0;
    for (let level = 0; level < 100_000; level++) {
      node = grown.child(node, 0, 0);
      grown.add(node, 1, 1);
    }
    const { tree } = grown.finish();
    expect(tree.total[0][0]).toBe(100_000);
    expect(tree.height[0]).toBe(100_000);
  });
});
