import { closest, distance } from 'fastest-levenshtein';

/** More edits than this make another name. */
const MAX_EDITS = 3;
/** Of the longer name, how much may differ. */
const MAX_DIFFERENCE = 0.4;

/** "did you mean X?" where a known name is near, and the whole list, for a name that isn't one of `known`. */
export function suggestion(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'there are none';
  const list = `there are: ${known.join(', ')}`;
  const nearest = closest(name, [...known]);
  return isNear(name, nearest) ? `did you mean ${nearest}? ${capitalise(list)}` : list;
}

function isNear(name: string, other: string): boolean {
  const edits = distance(name, other);
  return edits <= MAX_EDITS && edits <= Math.max(name.length, other.length) * MAX_DIFFERENCE;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
