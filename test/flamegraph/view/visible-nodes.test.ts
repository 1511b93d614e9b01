import { describe, expect, test } from 'vitest';
import { type VisibleNode, visibleBelow, visibleNodes } from '../../../src/flamegraph/view/visible-nodes.js';
import { type ExampleNode as Example, treeOf as model } from '../../support/trees.js';

/** Of after and before. */
const leaf = (after: number, before = after): Example => ({ self: [after, before], children: [] });
const above = (...children: Example[]): Example => ({ self: [0, 0], children });
const chain = (levels: number): Example => (levels === 1 ? leaf(10) : above(chain(levels - 1)));

const LIMITS = { widthPx: 100, minPx: 1, maxNodes: 1000, maxLevels: 50, maxCallers: 3 };
/** `0(1 2(3))`, with what is special of a node behind it. */
const shape = ({ node, fade, hiddenCallers, hiddenLevels, children }: VisibleNode): string =>
  [
    node,
    fade ? '~' : '',
    hiddenCallers > 0 ? `^${hiddenCallers}` : '',
    hiddenLevels > 0 ? `v${hiddenLevels}` : '',
    children.length > 0 ? `(${children.map(shape).join(' ')})` : '',
  ].join('');

describe('what is worth drawing of a tree', () => {
  //                       0   1     2     3        4       5
  const tree = model(above(above(leaf(60), leaf(39)), leaf(1, 40)));

  test('is all of it, where there is room', () => {
    expect(shape(visibleNodes(tree, 0, 0, LIMITS).root)).toBe('0(1(2 3) 4)');
  });

  test('is not what is narrower than asked for, which is counted', () => {
    const visible = visibleNodes(tree, 0, 0, { ...LIMITS, minPx: 2 });
    expect(shape(visible.root)).toBe('0(1(2 3))');
    expect([visible.drawn, visible.tooNarrow, visible.rows]).toEqual([4, 1, 3]);
  });

  test('is wider by the other value, or nothing', () => {
    expect(visibleNodes(tree, 0, 1, LIMITS).root.children.map(({ value }) => value)).toEqual([99, 40]);
    expect(shape(visibleNodes(model(above(leaf(1, 0), leaf(0, 1))), 0, 1, LIMITS).root)).toBe('0(2)');
  });

  test('is at most so many frames, the widest', () => {
    const many = model(above(...Array.from({ length: 60 }, (_, index) => leaf(60 - index))));
    const visible = visibleNodes(many, 0, 0, { ...LIMITS, widthPx: 10_000, maxNodes: 20 });
    expect(visible.drawn).toBeLessThanOrEqual(20);
    expect(visible.drawn).toBeGreaterThan(5);
    expect(visible.root.children[0]?.value).toBe(60);
    expect(visible.drawn + visible.tooNarrow).toBe(61);
  });

  test('is what is zoomed to, under its callers at full width', () => {
    const visible = visibleNodes(tree, 2, 0, LIMITS);
    expect(shape(visible.root)).toBe('0~(1~(2))');
    expect([visible.root.value, visible.rows]).toEqual([60, 3]);
    expect(shape(visibleBelow(tree, 1, 0, LIMITS).root)).toBe('1(2 3)');
  });

  test('is so many levels, the last of which says how many more there are', () => {
    const visible = visibleNodes(model(chain(6)), 0, 0, { ...LIMITS, maxLevels: 2 });
    expect(shape(visible.root)).toBe('0(1(2v3))');
    expect(visible.tooDeep).toBe(3);
  });

  test('is the nearest callers, one frame for those between, and the root', () => {
    expect(shape(visibleNodes(model(chain(9)), 8, 0, LIMITS).root)).toBe('0~(4~^4(5~(6~(7~(8)))))');
    expect(shape(visibleNodes(model(chain(5)), 4, 0, LIMITS).root)).toBe('0~(1~(2~(3~(4))))');
  });
});
