import { describe, expect, it } from 'vitest';
import {
  ABSENT,
  formatCount,
  formatDecimal,
  formatList,
  formatMicroseconds,
  formatMilliseconds,
  formatRate,
  formatSampledShare,
  formatShare,
  formatSuperscript,
  formatVus,
  tabulateMebibytes,
  tabulateMilliseconds,
  tabulateShare,
} from '../../src/lib/format.js';

describe('format', () => {
  it.each([
    [13_925.4, '13,925'],
    [99.96, '100'],
    [99.9, '99.9'],
    [0, '0.0'],
    [null, ABSENT],
  ])('rate %s is %s', (value, text) => expect(formatRate(value)).toBe(text));

  it.each([
    [250, '0.250'],
    [1_250, '1.25'],
    [61_312, '61.3'],
    [1_014_600, '1,015'],
    [-1_250, '-1.25'],
    [null, ABSENT],
  ])('%s us is %s ms', (value, text) => expect(tabulateMilliseconds(value)).toBe(text));

  it.each([
    [0, '0 %'],
    [0.00012, '0.012 %'],
    [0.0296, '2.96 %'],
    [1, '100.0 %'],
    [null, ABSENT],
  ])('share %s is %s', (value, text) => expect(tabulateShare(value)).toBe(text));

  it.each([
    [0.0296, '2.96 %'],
    [0.5, '50 %'],
    [1, '100 %'],
  ])('share %s is %s in a sentence', (value, text) => expect(formatShare(value)).toBe(text));

  it('has no minus before a 0', () => {
    expect(formatDecimal(-0.001, 2)).toBe('0.00');
    expect(formatDecimal(-0.4, 0)).toBe('0');
    expect(formatDecimal(-10, 1)).toBe('-10.0');
  });

  it('counts bytes in MiB', () => {
    expect(tabulateMebibytes(36 * 2 ** 20)).toBe('36');
    expect(tabulateMebibytes(null)).toBe(ABSENT);
  });

  it('writes marks and lists', () => {
    expect(formatSuperscript(120)).toBe('¹²⁰');
    expect([formatList([]), formatList(['a']), formatList(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
  });

  it.each([
    [250, '0.25 ms'],
    [1_000, '1 ms'],
    [61_312, '61.3 ms'],
    [1_014_600, '1,015 ms'],
    [-800, '-0.8 ms'],
  ])('%s us is %s in a sentence', (value, text) => expect(formatMilliseconds(value)).toBe(text));

  it.each([
    [9.44, '9.4 µs'],
    [940, '940 µs'],
    [13_500.2, '13,500 µs'],
  ])('%s us is %s', (value, text) => expect(formatMicroseconds(value)).toBe(text));

  it.each([
    [0, '0 %'],
    [0.0004, 'under 0.1 %'],
    [0.004, '0.4 %'],
    [0.0096, '1 %'],
    [0.3249, '32 %'],
  ])('a sampled share of %s is %s', (value, text) => expect(formatSampledShare(value)).toBe(text));

  it('groups thousands, and knows one VU from many', () => {
    expect(formatCount(53_500)).toBe('53,500');
    expect([formatVus(1), formatVus(50), formatVus('50 and 150')]).toEqual(['1 VU', '50 VUs', '50 and 150 VUs']);
  });
});
