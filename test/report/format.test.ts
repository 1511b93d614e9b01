import { describe, expect, it } from 'vitest';
import { oneTwoFive, wrapped } from '../../src/report/chart-style.js';
import {
  ABSENT,
  decimal,
  listed,
  mebibytes,
  milliseconds,
  percent,
  rate,
  superscript,
} from '../../src/report/format.js';
import { escapeMarkdown } from '../../src/report/markdown-section.js';

describe('figures in words', () => {
  it.each([
    [13_925.4, '13,925'],
    [99.96, '100'],
    [99.9, '99.9'],
    [0, '0.0'],
    [null, ABSENT],
  ])('rate %s is %s', (value, text) => expect(rate(value)).toBe(text));

  it.each([
    [250, '0.250'],
    [1_250, '1.25'],
    [61_312, '61.3'],
    [1_014_600, '1,015'],
    [-1_250, '-1.25'],
    [null, ABSENT],
  ])('%s us is %s ms', (value, text) => expect(milliseconds(value)).toBe(text));

  it.each([
    [0, '0 %'],
    [0.00012, '0.012 %'],
    [0.0296, '2.96 %'],
    [1, '100.0 %'],
    [null, ABSENT],
  ])('share %s is %s', (value, text) => expect(percent(value)).toBe(text));

  it('has no minus before a 0', () => {
    expect(decimal(-0.001, 2)).toBe('0.00');
    expect(decimal(-0.4, 0)).toBe('0');
    expect(decimal(-10, 1)).toBe('-10.0');
  });

  it('counts bytes in MiB', () => {
    expect(mebibytes(36 * 2 ** 20)).toBe('36');
    expect(mebibytes(null)).toBe(ABSENT);
  });

  it('writes marks and lists', () => {
    expect(superscript(120)).toBe('¹²⁰');
    expect([listed([]), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
  });
});

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
