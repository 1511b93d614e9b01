import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellCommand, shellQuote } from '../../src/remote/shell-quote.js';

describe('shellQuote', () => {
  it.each([
    ['plain', 'plain'],
    ['results/2026-05-04T10:00Z', 'results/2026-05-04T10:00Z'],
    ['', "''"],
    ['two words', "'two words'"],
    ["it's", "'it'\\''s'"],
    ['~', "'~'"],
    ['A=b', "'A=b'"],
    ['$(rm -rf /)', "'$(rm -rf /)'"],
  ])('%j becomes %s', (word, quoted) => {
    expect(shellQuote(word)).toBe(quoted);
  });

  it('refuses what no argument can hold', () => {
    expect(() => shellQuote('a\0b')).toThrow(/NUL/);
  });

  it('a shell reads back every word as it was', () => {
    // The separator can't be in a word.
    const printed = (words: string[]) =>
      execFileSync('sh', ['-c', `printf '%s\\036' ${shellCommand(words)}`], { encoding: 'utf8' });
    // Lone surrogates can't be written as UTF-8, so no process can be given one.
    const word = fc
      .string({ unit: 'binary' })
      .filter((text) => Buffer.from(text).toString() === text && !text.includes('\0') && !text.includes('\u001e'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        expect(printed(words)).toBe(words.map((each) => `${each}\u001e`).join(''));
      }),
      { numRuns: 60 },
    );
  });
});
