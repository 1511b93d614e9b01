import { describe, expect, test } from 'vitest';
import { packColumns } from '../../../src/flamegraph/view/page-data.js';
import { callAt, type TimeChart, Timeline, timeTicks, visibleCalls } from '../../../src/flamegraph/view/time-chart.js';
import type { TreeShape } from '../../../src/flamegraph/view/tree-model.js';
import { framedTreeOf } from '../../support/trees.js';

/** main, main;parse, main;parse;alloc, main;send, each found by its stack. */
const { tree, frames } = framedTreeOf({ 'main;parse;alloc': 3, 'main;send': 2, gc: 1, idle: 1 });
const nodeOf = (stack: string): number => {
  const pathOf = (node: number): string =>
    node <= 0 ? '' : `${pathOf(tree.parent[node] ?? 0)};${frames[tree.frame[node] ?? -1]?.name}`;
  return Array.from({ length: tree.nodes }, (_, node) => pathOf(node)).indexOf(`;${stack}`);
};

type Row = [lane: number, gapUs: number, us: number, stack: string];
function timelineOf(rows: readonly Row[]): Timeline {
  const columns = [0, 1, 2].map((column) => rows.map((row) => Number(row[column])));
  return new Timeline(packColumns([...columns, rows.map(([, , , stack]) => nodeOf(stack))]), { rows: rows.length });
}

const calls = ({ shape, startUs, endUs }: TimeChart): string[] =>
  Array.from({ length: shape.nodes }, (_, node) => {
    const name = frames[shape.frame[node] ?? -1]?.name ?? 'all';
    return `${'  '.repeat(shape.depth[node] ?? 0)}${name} ${startUs[node]}-${endUs[node]}`;
  });

describe('a time chart', () => {
  const timeline = timelineOf([
    [0, 0, 10, 'main;parse'],
    [0, 0, 10, 'main;parse;alloc'],
    [0, 0, 10, 'main;send'],
    [0, 30, 10, 'main;send'],
    [1, 5, 100, 'main'],
  ]);

  test('draws a call once, as long as it goes on, and a gap where the thread was not seen', () => {
    expect(calls(timeline.chart(0, tree as TreeShape))).toEqual([
      'all 0-105',
      '  main 0-30',
      '    parse 0-20',
      '      alloc 10-20',
      '    send 20-30',
      '  main 60-70',
      '    send 60-70',
    ]);
  });

  test('goes on below what interrupts it', () => {
    const rows: Row[] = [
      [0, 0, 10, 'main;parse'],
      [0, 0, 5, 'gc'],
      [0, 0, 5, 'gc'],
      [0, 0, 10, 'main;parse'],
      [0, 0, 5, 'gc'],
      [0, 0, 10, 'idle'],
    ];
    expect(calls(timelineOf(rows).chart(0, tree, (node) => node === nodeOf('gc')))).toEqual([
      'all 0-45',
      '  main 0-30',
      '    parse 0-30',
      '      gc 10-20',
      '  gc 30-35',
      '  idle 35-45',
    ]);
  });

  test('has a lane for each thread, all on one axis', () => {
    expect(calls(timeline.chart(1, tree))).toEqual(['all 0-105', '  main 5-105']);
    expect(timeline.endUs).toBe(105);
  });

  const looksOf = (chart: TimeChart) => (node: number) => frames[chart.shape.frame[node] ?? -1]?.name ?? '';
  const LIMITS = { widthPx: 105, minPx: 1, maxBoxes: 1000, maxLevels: 50 };
  const drawn = (chart: TimeChart, range: { fromUs: number; toUs: number }, limits = LIMITS) =>
    visibleCalls(chart, range, limits, looksOf(chart)).map(({ node, level, x, widthPx, calls: merged }) => {
      const name = frames[chart.shape.frame[node] ?? -1]?.name ?? 'all';
      return `${level} ${name} at ${Math.round(x)}, ${Math.round(widthPx)} px${merged > 1 ? `, ${merged} calls` : ''}`;
    });

  test('shows a part of the axis, cut at its ends', () => {
    expect(drawn(timeline.chart(0, tree), { fromUs: 15, toUs: 25 }, { ...LIMITS, widthPx: 100 })).toEqual([
      '0 all at 0, 100 px',
      '1 main at 0, 100 px',
      '2 parse at 0, 50 px',
      '3 alloc at 0, 50 px',
      '2 send at 50, 50 px',
    ]);
  });

  test('draws narrow neighbours that look alike as one, as the longest in a column looks', () => {
    const many = timelineOf([
      ...Array.from({ length: 40 }, (_, index): Row => [0, 1, 1, index < 20 ? 'main;send' : 'main;parse']),
      [0, 1, 3, 'main;parse;alloc'],
    ]);
    const chart = many.chart(0, tree);
    const range = { fromUs: 0, toUs: many.endUs };
    expect(drawn(chart, range, { ...LIMITS, widthPx: 84, minPx: 4 })).toEqual([
      '0 all at 0, 84 px',
      '1 main at 0, 84 px, 41 calls',
      '2 send at 0, 40 px, 20 calls',
      '2 parse at 40, 44 px, 21 calls',
      '3 alloc at 80, 4 px',
    ]);
    const nameAt = (level: number, us: number) => {
      const node = callAt(chart, level, us);
      return node === null ? null : frames[chart.shape.frame[node] ?? -1]?.name;
    };
    expect([nameAt(2, 1), nameAt(2, 1.9), nameAt(2, 2), nameAt(2, 79), nameAt(3, 82)]).toEqual([
      'send',
      'send',
      null,
      'parse',
      'alloc',
    ]);
  });

  test('draws at most so many boxes', () => {
    const many = timelineOf(
      Array.from({ length: 500 }, (_, index): Row => [0, 2, 1, index % 2 === 0 ? 'main;send' : 'main;parse']),
    );
    const chart = many.chart(0, tree);
    const range = { fromUs: 0, toUs: many.endUs };
    const boxes = (maxBoxes: number) =>
      visibleCalls(chart, range, { ...LIMITS, widthPx: 2000, maxBoxes }, looksOf(chart)).length;
    expect(boxes(2000)).toBe(1001);
    expect(boxes(100)).toBeLessThanOrEqual(100);
    expect(boxes(100)).toBeGreaterThan(5);
  });

  test('leaves out what is too deep', () => {
    expect(drawn(timeline.chart(0, tree), { fromUs: 0, toUs: 105 }, { ...LIMITS, maxLevels: 1 })).toEqual([
      '0 all at 0, 105 px',
      '1 main at 0, 30 px',
      '1 main at 60, 10 px',
    ]);
  });
});

test.each([
  [{ fromUs: 0, toUs: 10e6 }, 5, ['0 s', '2 s', '4 s', '6 s', '8 s', '10 s']],
  [{ fromUs: 2.0004e6, toUs: 2.0009e6 }, 5, ['2.0004 s', '2.0005 s', '2.0006 s', '2.0007 s', '2.0008 s', '2.0009 s']],
  [{ fromUs: 0, toUs: 950 }, 4, ['0 µs', '500 µs']],
  [{ fromUs: 0, toUs: 1 }, 1, ['0 µs', '1 µs']],
])('an axis of %o has round marks', (range, most, labels) => {
  expect(timeTicks(range, most).map(({ label }) => label)).toEqual(labels);
});
