import { expect, it } from 'vitest';
import { bars, largestOf, meanOf, progressBar, resample } from '../../../src/watch/terminal/bars.js';
import { UNICODE } from '../../../src/watch/terminal/glyphs.js';
import type { Line } from '../../../src/watch/terminal/spans.js';

const text = (lines: readonly Line[]) => lines.map((line) => line.map((span) => span.text).join(''));
const drawn = (columns: readonly (number | null | undefined)[], height = 1, edge = 0) =>
  text(bars(columns, { height, edge, glyphs: UNICODE, styleOf: () => 'plain' }));

it('draws values from 0 to the largest, gaps, and what is still to come', () => {
  expect(drawn([0, 1, 4, 8, null, 8, undefined])).toEqual([' ▁▄█ █·']);
  expect(drawn([0, 0])).toEqual(['  ']);
});

it('draws a small value: it isn’t nothing', () => {
  expect(drawn([0.001, 1_000_000])).toEqual(['▁█']);
});

it('draws several lines, the lowest first to fill', () => {
  expect(drawn([2, 8, 12, 16, undefined], 2)).toEqual(['  ▄█ ', '▂███·']);
});

it('draws the edge between warm-up and window', () => {
  expect(drawn([8, 8, 8], 1, 2)).toEqual(['██┊█']);
});

it('puts several seconds into a column, or one into several', () => {
  expect(resample([1, 3, 5, null], 8, 4, meanOf)).toEqual([2, 5, undefined, undefined]);
  expect(resample([1, 3, 5, null], 4, 2, largestOf)).toEqual([3, 5]);
  expect(resample([1, null], 2, 4, largestOf)).toEqual([1, 1, null, null]);
});

it('fills a bar', () => {
  expect(text([progressBar(0.5, 6, UNICODE)])).toEqual(['━━━───']);
  expect(text([progressBar(1.7, 3, UNICODE), progressBar(0, 3, UNICODE)])).toEqual(['━━━', '───']);
});
