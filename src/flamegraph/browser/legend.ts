import { textElement } from '../../report/browser/dom.js';
import { diffColour, libraryColours, OTHER_LIBRARIES_COLOUR } from '../view/colours.js';
import type { Query } from '../view/frame-search.js';
import { libraryOf } from '../view/library.js';
import type { NamedFrame } from '../view/page-data.js';
import type { ProfileModel } from '../view/profile-model.js';
import { at, type TreeModel, type TreeShape } from '../view/tree-model.js';

/** What colours show: the first two on a profile's page, the last two on a diff's. */
export type ColourBy = 'category' | 'module' | 'self-change' | 'total-change';

/** An entry of the legend. */
interface LegendEntry {
  label: string;
  colour: string;
  /** What a click on the entry searches for; null if it isn't clickable. */
  query: { by: 'category'; category: number } | { by: 'library'; library: string } | null;
}

export interface FrameColours {
  /** @param frames of the tree */
  of(tree: TreeShape, frames: readonly NamedFrame[], node: number): string;
  legend: LegendEntry[];
}

/** Of the root, and of frames that stand for a thread. */
const ROOT_COLOUR = '#e3e6ea';

/** @param which of the two values the widths show */
export function frameColours(model: ProfileModel, by: ColourBy, which: 0 | 1): FrameColours {
  const { tree } = model.grouped('none');
  switch (by) {
    case 'category':
      return byCategory(model);
    case 'module':
      return byLibrary(model, which);
    case 'self-change':
      return byChange(tree, tree.self);
    case 'total-change':
      return byChange(tree, tree.total);
    default: {
      const never: never = by;
      return never;
    }
  }
}

function byCategory(model: ProfileModel): FrameColours {
  const { categories } = model.page;
  const present = new Set(model.grouped('none').tree.category.subarray(1));
  return {
    of: (tree, _, node) => categories[at(tree.category, node)]?.colour ?? ROOT_COLOUR,
    legend: categories.flatMap(({ label, colour }, category) =>
      present.has(category) ? [{ label, colour, query: { by: 'category' as const, category } }] : [],
    ),
  };
}

function byLibrary(model: ProfileModel, which: 0 | 1): FrameColours {
  const { tree, frames } = model.grouped('none');
  const libraries = frames.map(libraryOf);
  const chosen = libraryColours(tree, libraries, which);
  const colours = new Map(chosen.map(({ library, colour }) => [library, colour]));
  const isCode = (frame: NamedFrame | undefined) => frame !== undefined && frame.kind !== 'thread';
  return {
    of: (drawn, drawnFrames, node) => {
      const index = at(drawn.frame, node);
      // Groups have frames of their own after those of the profile.
      if (!isCode(drawnFrames[index])) return ROOT_COLOUR;
      return colours.get(libraries[index] ?? '') ?? OTHER_LIBRARIES_COLOUR;
    },
    legend: [
      ...chosen.map(({ library, colour }) => ({ label: library, colour, query: { by: 'library' as const, library } })),
      { label: 'other or unknown', colour: OTHER_LIBRARIES_COLOUR, query: null },
    ],
  };
}

function byChange(tree: TreeModel, [after, before]: [Float64Array, Float64Array]): FrameColours {
  let largest = 0;
  for (let node = 1; node < tree.nodes; node++) {
    largest = Math.max(largest, Math.abs(at(after, node) - at(before, node)));
  }
  return {
    of: (_tree, _frames, node) => (node === 0 ? ROOT_COLOUR : diffColour(at(after, node) - at(before, node), largest)),
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
