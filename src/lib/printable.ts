import { stripVTControlCharacters } from 'node:util';

/**
 * What a terminal, or a page, obeys rather than shows: control characters, and marks that turn the direction of text
 * (U+202A to U+202E, U+2066 to U+2069).
 */
const HIDDEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
/** Colours, by which a terminal shows text and does nothing else. */
const COLOUR = new RegExp(`(${String.fromCodePoint(0x1b)}\\[[0-9;]*m)`);
const REPLACEMENT = '\ufffd';

/** Text from outside, for people: without colours, each hidden character shown as a mark; tabs and line feeds stay. */
export function printable(text: string): string {
  return withMarks(stripVTControlCharacters(text));
}

/** The same for text that our own colours are in. */
export function printableColours(text: string): string {
  return text
    .split(COLOUR)
    .map((part, index) => (index % 2 === 0 ? printable(part) : part))
    .join('');
}

/** JSON text with its hidden characters escaped: a terminal may show it, and it means the same. */
export function printableJson(json: string): string {
  return json.replace(HIDDEN, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function withMarks(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(HIDDEN, (character) => (character === '\n' || character === '\t' ? character : REPLACEMENT));
}
