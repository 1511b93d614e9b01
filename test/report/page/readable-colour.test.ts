import { describe, expect, it } from 'vitest';
import { contrast, readableColour } from '../../../src/report/page/readable-colour.js';

describe('a colour on the page', () => {
  it('has WCAG’s contrast of known pairs', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it('stays as it is where it can be seen', () => {
    expect(readableColour('#d62728', 'light')).toBe('#d62728');
    expect(readableColour('#ff7f0e', 'dark')).toBe('#ff7f0e');
  });

  it('is moved until it can be seen, and no further than that takes', () => {
    for (const [colour, theme, paper] of [
      ['#444444', 'dark', '#14171b'],
      ['#000000', 'dark', '#14171b'],
      ['#ffff00', 'light', '#ffffff'],
      ['#ffffff', 'light', '#ffffff'],
    ] as const) {
      const moved = readableColour(colour, theme);
      expect(contrast(moved, paper)).toBeGreaterThanOrEqual(3);
      expect(contrast(moved, paper)).toBeLessThan(4.2);
    }
  });
});
