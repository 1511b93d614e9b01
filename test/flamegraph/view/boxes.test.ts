import { describe, expect, test } from 'vitest';
import { type Box, BoxGrid, flameLayout, sandwichLayout } from '../../../src/flamegraph/view/boxes.js';
import { visibleBelow, visibleNodes } from '../../../src/flamegraph/view/visible-nodes.js';
import { framedTreeOf } from '../../support/trees.js';

const LIMITS = { widthPx: 100, minPx: 1, maxNodes: 1000, maxLevels: 50, maxCallers: 3 };
const { tree, frames } = framedTreeOf({ 'main;read;parse': 60, 'main;write': 30, other: 10 });
const written = ({ row, x, widthPx, node }: Box) =>
  `${frames[tree.frame[node] ?? -1]?.name ?? 'all'}: row ${row}, ${x} + ${widthPx}`;

describe('a layout', () => {
  const visible = visibleNodes(tree, 0, 0, LIMITS);

  test('hangs from the root, or stands on it', () => {
    expect(flameLayout(tree, visible, 100, true).boxes.map(written).sort()).toEqual([
      'all: row 0, 0 + 100',
      'main: row 1, 0 + 90',
      'other: row 1, 90 + 10',
      'parse: row 3, 0 + 60',
      'read: row 2, 0 + 60',
      'write: row 2, 60 + 30',
    ]);
    expect(
      flameLayout(tree, visible, 100, false)
        .boxes.map(({ row }) => row)
        .sort(),
    ).toEqual([0, 1, 1, 2, 2, 3]);
  });

  test('has the function of a sandwich once, between its callers and callees', () => {
    const both = { tree, visible: visibleBelow(tree, 1, 0, LIMITS) };
    const { boxes, rows } = sandwichLayout(both, both, 100);
    expect(rows).toBe(5);
    expect(boxes.filter(({ row }) => row === 2).map(written)).toEqual(['main: row 2, 0 + 100']);
    expect(boxes.filter(({ row }) => row < 2)).toHaveLength(3);
  });
});

test('arrow keys go to the neighbour in the row, and to the widest above or below', () => {
  const { boxes } = flameLayout(tree, visibleNodes(tree, 0, 0, LIMITS), 100, true);
  const grid = new BoxGrid(boxes);
  const named = (name: string) => boxes.find((box) => written(box).startsWith(name)) ?? (boxes[0] as Box);
  const go = (from: string, key: string) => {
    const box = grid.neighbour(named(from), key);
    return box && written(box).replace(/:.*/, '');
  };
  expect([go('all', 'ArrowDown'), go('main', 'ArrowDown'), go('main', 'ArrowRight')]).toEqual([
    'main',
    'read',
    'other',
  ]);
  expect([go('other', 'ArrowLeft'), go('other', 'ArrowDown'), go('all', 'ArrowUp')]).toEqual(['main', null, null]);
  expect([go('write', 'ArrowLeft'), go('write', 'ArrowUp'), go('write', 'Enter')]).toEqual(['read', 'main', null]);
});
