import { describe, expect, it } from 'vitest';
import { wrapped } from '../../src/lib/wrapped.js';
import { oneTwoFive } from '../../src/report/chart-options.js';
import { escapeMarkdown } from '../../src/report/markdown-section.js';

describe('chart style', () => {
  it.each([
    [180, 16_584, [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000]],
    [0.03, 0.5, [0.02, 0.05, 0.1, 0.2, 0.5]],
    [100, 1_000, [100, 200, 500, 1_000]],
  ])('ticks from %f to %f', (least, most, ticks) => expect(oneTwoFive(least, most)).toEqual(ticks));

  it('wraps between words', () => {
    expect(wrapped('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrapped('a-very-long-word', 5)).toEqual(['a-very-long-word']);
  });
});

describe('escapeMarkdown', () => {
  it('leaves figures and plain words alone', () => {
    for (const text of ['13,925 [800–820]', '~61.3', 'http_5xx 10 (502)', '+1.20', "Little's law"]) {
      expect(escapeMarkdown(text).replace(/\\([[\]])/g, '$1')).toBe(text);
    }
  });

  it('takes the power from markup', () => {
    expect(escapeMarkdown('a|b')).toBe('a\\|b');
    expect(escapeMarkdown('*x* _y_ `z`')).toBe('\\*x\\* \\_y\\_ \\`z\\`');
    expect(escapeMarkdown('<b>&amp;')).toBe('\\<b\\>&amp;amp;');
    expect(escapeMarkdown('one\ntwo')).toBe('one two');
  });
});
