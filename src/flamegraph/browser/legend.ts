import { diffColour, moduleColours, OTHER_MODULES_COLOUR } from '../view/colours.js';
import type { Query } from '../view/frame-search.js';
import { at, type TreeModel } from '../view/tree-model.js';
import { type PageModel, textElement } from './page.js';

/** What colours show: the first two on a profile's page, the last two on a diff's. */
export type ColourBy = 'category' | 'module' | 'self-change' | 'total-change';

/** An entry of the legend. */
interface LegendEntry {
  label: string;
  colour: string;
  /** What a click on the entry searches for; null if it isn't clickable. */
  query: { by: 'category'; category: number } | { by: 'module'; module: string } | null;
}

export interface FrameColours {
  of(node: number): string;
  legend: LegendEntry[];
}

const ROOT_COLOUR = '#e3e6ea';

/** @param which of the two values the widths show */
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
      { label: 'other or unknown', colour: OTHER_MODULES_COLOUR, query: null },
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

/** Draws the legend. Entries with a query are buttons that mark their frames. */
export function drawLegend(
  list: HTMLElement,
  entries: readonly LegendEntry[],
  choose: (query: Query, label: string) => void,
): void {
  list.replaceChildren(
    ...entries.map(({ label, colour, query }) => {
      const entry = document.createElement('li');
      const swatch = textElement('span', '', 'swatch');
      swatch.style.background = colour;
      const button = textElement(query === null ? 'span' : 'button', '', 'legend-entry');
      button.append(swatch, textElement('span', label));
      if (query !== null) {
        button.setAttribute('type', 'button');
        button.title = `Mark frames: ${label}`;
        button.addEventListener('click', () => choose(query, label));
      }
      entry.append(button);
      return entry;
    }),
  );
}
