import { diffColour } from '../view/diff-colours.js';
import { moduleColours, OTHER_MODULES_COLOUR } from '../view/module-colours.js';
import { at, type TreeModel } from '../view/tree-model.js';
import type { PageModel } from './page-model.js';

/** By which a frame gets its colour: the first two on a profile's page, the last two on a differential's. */
export type ColourBy = 'category' | 'module' | 'self-change' | 'total-change';

/** An entry of the legend. */
export interface LegendEntry {
  label: string;
  colour: string;
  /** What choosing the entry looks for; null where it can't be chosen. */
  query: { by: 'category'; category: number } | { by: 'module'; module: string } | null;
}

export interface FrameColours {
  of(node: number): string;
  legend: LegendEntry[];
}

const ROOT_COLOUR = '#e3e6ea';

/** @param which of the two values the widths are in proportion to */
export function frameColours(model: PageModel, by: ColourBy, which: 0 | 1): FrameColours {
  switch (by) {
    case 'category':
      return byCategory(model);
    case 'module':
      return byModule(model, which);
    case 'self-change':
      return byChange(model.tree, model.tree.self);
    case 'total-change':
      return byChange(model.tree, model.tree.total);
    default: {
      const never: never = by;
      return never;
    }
  }
}

function byCategory({ page, tree }: PageModel): FrameColours {
  const present = new Set(tree.category.subarray(1));
  return {
    of: (node) => (node === 0 ? ROOT_COLOUR : (page.categories[at(tree.category, node)]?.colour ?? ROOT_COLOUR)),
    legend: page.categories.flatMap(({ label, colour }, category) =>
      present.has(category) ? [{ label, colour, query: { by: 'category' as const, category } }] : [],
    ),
  };
}

function byModule({ tree, frames }: PageModel, which: 0 | 1): FrameColours {
  const modules = frames.map(({ module }) => module);
  const chosen = moduleColours(tree, modules, which);
  const colours = new Map(chosen.map(({ module, colour }) => [module, colour]));
  return {
    of: (node) =>
      node === 0 ? ROOT_COLOUR : (colours.get(modules[at(tree.frame, node)] ?? '') ?? OTHER_MODULES_COLOUR),
    legend: [
      ...chosen.map(({ module, colour }) => ({ label: module, colour, query: { by: 'module' as const, module } })),
      { label: 'other or not known', colour: OTHER_MODULES_COLOUR, query: null },
    ],
  };
}

function byChange(tree: TreeModel, [after, before]: [Float64Array, Float64Array]): FrameColours {
  let largest = 0;
  for (let node = 1; node < tree.nodes; node++) {
    largest = Math.max(largest, Math.abs(at(after, node) - at(before, node)));
  }
  return {
    of: (node) => (node === 0 ? ROOT_COLOUR : diffColour(at(after, node) - at(before, node), largest)),
    legend: [
      { label: 'shrank', colour: diffColour(-1, 1), query: null },
      { label: 'shrank a little', colour: diffColour(-0.1, 1), query: null },
      { label: 'unchanged', colour: diffColour(0, 1), query: null },
      { label: 'grew a little', colour: diffColour(0.1, 1), query: null },
      { label: 'grew', colour: diffColour(1, 1), query: null },
    ],
  };
}
