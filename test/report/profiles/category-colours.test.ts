import { describe, expect, test } from 'vitest';
import { CATEGORIES } from '../../../src/model/category.js';
import { CATEGORY_STYLE } from '../../../src/report/profiles/category-colours.js';

type Triple = [number, number, number];

/** Linear light of `#rrggbb`, each from 0 to 1 (IEC 61966-2-1). */
function linear(colour: string): Triple {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

/** CIE L*a*b* under D65. */
function lab([red, green, blue]: Triple): Triple {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047);
  const y = f(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  const z = f((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Machado, Oliveira and Fernandes, IEEE TVCG 15 (2009), at full severity. */
const SIGHT: Record<string, [Triple, Triple, Triple]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  deuteranopic: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  protanopic: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
};

function seen(colour: string, [r, g, b]: [Triple, Triple, Triple]): Triple {
  const light = linear(colour);
  const mix = (row: Triple) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, factor, index) => sum + factor * (light[index] ?? 0), 0),
      ),
    );
  return lab([mix(r), mix(g), mix(b)]);
}

describe('category colours', () => {
  // A difference of 2 is just seen; of 14, at a glance.
  test.each([
    ['normal', 24],
    ['deuteranopic', 14],
    ['protanopic', 14],
  ])('any two can be told apart by %s sight', (sight, least) => {
    const matrix = SIGHT[sight];
    if (matrix === undefined) throw new Error(sight);
    for (const [index, a] of CATEGORIES.entries()) {
      for (const b of CATEGORIES.slice(index + 1)) {
        const distance = Math.hypot(
          ...seen(CATEGORY_STYLE[a].colour, matrix).map(
            (value, at) => value - (seen(CATEGORY_STYLE[b].colour, matrix)[at] ?? 0),
          ),
        );
        expect(distance, `${a} and ${b}`).toBeGreaterThan(least);
      }
    }
  });

  test.each(CATEGORIES)('text can be read on that of %s', (category) => {
    const luminance = ([r, g, b]: Triple) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
    const ratio = (luminance(linear(CATEGORY_STYLE[category].colour)) + 0.05) / (luminance(linear('#14171b')) + 0.05);
    // WCAG 2.1, 1.4.3.
    expect(ratio).toBeGreaterThanOrEqual(4.5);
  });

  test('every category has a name of its own', () => {
    expect(new Set(CATEGORIES.map((category) => CATEGORY_STYLE[category].label)).size).toBe(CATEGORIES.length);
  });
});
