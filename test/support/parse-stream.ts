import type { ProfileFormat, ProfileSet } from '../../src/profiles/formats/format.js';

/** Parses a whole text with a format that is streamed. */
export function parseStream(format: ProfileFormat, text: string): ProfileSet {
  if (format.kind !== 'streamed') throw new Error(`${format.name} isn't streamed`);
  const parser = format.parser('any');
  parser.feed(text);
  return parser.end();
}
