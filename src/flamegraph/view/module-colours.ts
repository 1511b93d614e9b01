import { at, type TreeModel } from './tree-model.js';

/** What is drawn of modules that have no colour of their own. */
export const OTHER_MODULES_COLOUR = '#d5d8dc';

/** Light enough for black text; neighbours differ in lightness too. */
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

/** The modules that most time is spent in, most first, each with its colour; the rest share one. */
export function moduleColours(
  tree: TreeModel,
  moduleOfFrame: readonly string[],
  which: 0 | 1,
): { module: string; colour: string }[] {
  const own = new Map<string, number>();
  for (let node = 1; node < tree.nodes; node++) {
    const module = moduleOfFrame[at(tree.frame, node)] ?? '';
    own.set(module, (own.get(module) ?? 0) + at(tree.self[which], node));
  }
  const heaviest = [...own]
    .filter(([module]) => module !== '')
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], 'en'));
  return PALETTE.flatMap((colour, rank) => {
    const module = heaviest[rank]?.[0];
    return module === undefined ? [] : [{ module, colour }];
  });
}
