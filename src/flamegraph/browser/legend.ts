import type { Query } from '../view/frame-search.js';
import { textElement } from './elements.js';
import type { LegendEntry } from './frame-colours.js';

/** Draw the legend; an entry that can be chosen is a button, which marks its frames. */
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
