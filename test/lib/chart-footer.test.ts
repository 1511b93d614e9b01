import { describe, expect, it } from 'vitest';
import { brokenLines } from '../../src/lib/chart-footer.js';

const widthOf = (text: string) => text.length;

describe('brokenLines', () => {
  it('breaks between words', () => {
    expect(brokenLines('one two three four', 9, widthOf)).toEqual(['one two', 'three', 'four']);
  });

  it('breaks a word that is wider than a line', () => {
    expect(brokenLines('see http://a.b/cdefgh now', 8, widthOf)).toEqual(['see', 'http://a', '.b/cdefg', 'h now']);
  });

  it('keeps a text that fits', () => {
    expect(brokenLines('short', 9, widthOf)).toEqual(['short']);
    expect(brokenLines('', 9, widthOf)).toEqual(['']);
  });
});
