import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packTree } from '../../../src/flamegraph/page/flame-section.js';
import { packColumns, unpackColumns } from '../../../src/flamegraph/view/page-data.js';
import { treeModel } from '../../../src/flamegraph/view/tree-model.js';

interface Example {
  frame: number;
  first: number;
  second: number;
  children: Example[];
}

const read = ({ frame, first, second, children }: Example) => ({
  frame,
  category: 'own' as const,
  self: [first, second] as [number, number],
  children,
});

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

describe('a tree that was packed', () => {
  const tree: fc.Memo<Example> = fc.memo(
    (levels): fc.Arbitrary<Example> =>
      fc.record({
        frame: fc.nat(9),
        first: fc.nat(1000),
        second: fc.nat(1000),
        children: levels > 1 ? fc.array(tree(levels - 1), { maxLength: 4 }) : fc.constant([]),
      }),
  );

  test('is the same tree, with sums, depths, heights and ends', () => {
    fc.assert(
      fc.property(tree(5), (root) => {
        const { nodes, bytes } = packTree(root, read);
        const model = treeModel(bytes, nodes);
        let node = 0;
        const check = (
          each: Example,
          parent: number,
          depth: number,
        ): { first: number; second: number; height: number } => {
          const index = node++;
          expect([model.frame[index], model.parent[index], model.depth[index]]).toEqual([each.frame, parent, depth]);
          expect([model.self[0][index], model.self[1][index]]).toEqual([each.first, each.second]);
          const below = each.children.map((child) => check(child, index, depth + 1));
          const sums = below.reduce(
            (sum, child) => ({
              first: sum.first + child.first,
              second: sum.second + child.second,
              height: Math.max(sum.height, child.height + 1),
            }),
            { first: each.first, second: each.second, height: 0 },
          );
          expect([model.total[0][index], model.total[1][index]]).toEqual([sums.first, sums.second]);
          expect([model.height[index], model.end[index]]).toEqual([sums.height, node]);
          return sums;
        };
        check(root, -1, 0);
        expect(node).toBe(nodes);
      }),
    );
  });

  test('may be 100,000 levels deep', () => {
    let root: Example = { frame: 0, first: 1, second: 1, children: [] };
    for (let level = 1; level < 100_000; level++) root = { frame: 0, first: 1, second: 0, children: [root] };
    const { nodes, bytes } = packTree(root, read);
    const model = treeModel(bytes, nodes);
    expect(model.total[0][0]).toBe(100_000);
    expect(model.height[0]).toBe(99_999);
  });
});
