import { closest } from 'fastest-levenshtein';

/** "did you mean X?" and the whole list, for a name that isn't one of `known`. */
export function suggestion(name: string, known: string[]): string {
  if (known.length === 0) return 'there are none';
  return `did you mean ${closest(name, known)}? There are: ${known.join(', ')}`;
}
