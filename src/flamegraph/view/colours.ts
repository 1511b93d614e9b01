import { at, type TreeModel } from './tree-model.js';

/** The colour of all other libraries. */
export const OTHER_LIBRARIES_COLOUR = '#d5d8dc';

/** Light enough for black text. Neighbours also differ in lightness. */
const PALETTE = [
  '#77aadd',
  '#ee8866',
  '#44bb99',
  '#eedd88',
  '#c893c8',
  '#99ddff',
  '#dd7788',
  '#bbcc33',
  '#9a94e0',
  '#cfb08a',
  '#ffaabb',
  '#8fa3ad',
];

/** The libraries with the most self time, heaviest first, and their colours. The rest share one colour. */
export function libraryColours(
  tree: TreeModel,
  libraryOfFrame: readonly string[],
  which: 0 | 1,
): { library: string; colour: string }[] {
  const own = new Map<string, number>();
  for (let node = 1; node < tree.nodes; node++) {
    const library = libraryOfFrame[at(tree.frame, node)] ?? '';
    own.set(library, (own.get(library) ?? 0) + at(tree.self[which], node));
  }
  const heaviest = [...own]
    .filter(([library]) => library !== '')
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], 'en'));
  return PALETTE.flatMap((colour, rank) => {
    const library = heaviest[rank]?.[0];
    return library === undefined ? [] : [{ library, colour }];
  });
}

/** Ends and middle of ColorBrewer's RdBu, distinguishable by colour-blind people and light enough for black text. */
const GREW: Rgb = [239, 106, 86];
const SHRANK: Rgb = [84, 160, 218];
const SAME: Rgb = [240, 238, 236];
type Rgb = [number, number, number];

/**
 * Red for growth, blue for shrinking.
 * @param change after minus before
 * @param largest the largest absolute change of any frame
 */
export function diffColour(change: number, largest: number): string {
  if (largest <= 0 || change === 0) return rgb(SAME);
  // The square root keeps a tenth of the largest change visible.
  const strength = Math.min(1, Math.sqrt(Math.abs(change) / largest));
  const end = change > 0 ? GREW : SHRANK;
  return rgb([mix(SAME[0], end[0], strength), mix(SAME[1], end[1], strength), mix(SAME[2], end[2], strength)]);
}

function mix(from: number, to: number, share: number): number {
  return Math.round(from + (to - from) * share);
}

function rgb([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}
