import { closest, distance } from 'fastest-levenshtein';

/** How much of the longer name may differ; more makes another name. */
const MAX_DIFFERENCE = 0.4;

/** "did you mean X?" where a known name is near, and the whole list, for a name that isn't one of `known`. */
export function suggestion(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'there are none';
  const list = `there are: ${known.join(', ')}`;
  const nearest = closest(name, [...known]);
  return isNear(name, nearest) ? `did you mean ${nearest}? ${capitalise(list)}` : list;
}

function isNear(name: string, other: string): boolean {
  return distance(name, other) <= Math.max(name.length, other.length) * MAX_DIFFERENCE;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
