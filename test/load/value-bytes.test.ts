import { describe, expect, it } from 'vitest';
import { DIGIT, FIRST_DIGIT, FIXED, kindsOfBytes, PLAIN } from '../../src/load/value-bytes.js';

const SIGNS = { [FIXED]: '.', [PLAIN]: 'p', [DIGIT]: 'd', [FIRST_DIGIT]: 'f' };

/** The kinds of a text's bytes, a character for each. */
function kindsOf(text: string, stream = false): string {
  return [...kindsOfBytes(Buffer.from(text), stream)].map((kind) => SIGNS[kind as keyof typeof SIGNS]).join('');
}

describe('kindsOfBytes', () => {
  it.each([
    ['a string', '{"a":"bc"}', '......pp..'],
    ['strings in a list', '["a","b"]', '..p...p..'],
    ['a name before blanks and a colon', '{"a" : "b"}', '........p..'],
    ['an escape', '["a\\"b\\n"]', '..p..p....'],
    ['an escape by number', '["\\u00e9x"]', '........p..'],
    ['what is not ASCII', '["é"]', '......'],
    ['whole numbers', '[0,1,10,-12]', '.d.d.fd..fd.'],
    ['fractions and exponents', '[0.012,1e07]', '.d.ddd.d.dd.'],
    ['words', '[true,null]', '...........'],
  ])('marks %s', (_what, text, kinds) => {
    expect(kindsOf(text)).toBe(kinds);
  });

  it('marks the data of a stream, and no comments or names', () => {
    expect(kindsOf(': "c"\nid: 12\r\ndata: ["a"]\n\n', true)).toBe(`${'.'.repeat(22)}p....`);
  });

  it('takes a string at the end of a line of data for a name, which the next line may show it is', () => {
    expect(kindsOf('data: {"a"\ndata: :"b"}', true)).toBe(`${'.'.repeat(19)}p..`);
  });
});
