import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeMarks } from '../../src/lib/chart-marks.js';
import type { Mark } from '../../src/lib/drawing.js';

const widthOf = (text: string) => 8 * text.length;

function marks(count: number, from = 1): Mark[] {
  return Array.from({ length: count }, (_, index) => ({
    colour: '#000000',
    point: { style: 'circle', rotation: 0 },
    note: from + index,
  }));
}

describe('placeMarks', () => {
  it('centres the marks of a column below it', () => {
    const [first, second] = placeMarks([{ at: 0.5, marks: marks(2) }], 1000, widthOf);
    expect([first?.row, second?.row]).toEqual([0, 0]);
    expect((first?.x ?? 0) + (second?.x ?? 0) + (second?.width ?? 0)).toBe(1000);
  });

  it('stacks what has no room beside the next column', () => {
    const placed = placeMarks(
      [
        { at: 0.4, marks: marks(5) },
        { at: 0.5, marks: marks(1, 6) },
      ],
      1000,
      widthOf,
    );
    expect(placed.filter(({ mark }) => mark.note <= 5).map(({ row }) => row)).toEqual([0, 0, 0, 1, 1]);
    expect(placed.at(-1)?.row).toBe(0);
  });

  it('lets no mark touch another or leave the strip, wherever the columns are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), count: fc.nat(10) }), { maxLength: 12 }),
        (columns) => {
          const placed = placeMarks(
            columns.map(({ at, count }, index) => ({ at, marks: marks(count, 10 * index) })),
            900,
            widthOf,
          );
          expect(placed).toHaveLength(columns.reduce((sum, { count }) => sum + count, 0));
          for (const [index, one] of placed.entries()) {
            expect(one.x).toBeGreaterThanOrEqual(0);
            expect(one.x + one.width).toBeLessThanOrEqual(900 + 1e-6);
            const touching = placed
              .slice(index + 1)
              .filter(
                (other) =>
                  other.row === one.row && other.x < one.x + one.width - 1e-6 && one.x < other.x + other.width - 1e-6,
              );
            expect(touching).toEqual([]);
          }
        },
      ),
    );
  });
});
