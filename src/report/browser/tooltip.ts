import { element, textElement } from './dom.js';

/** One of several lines of a tooltip. */
export interface TipRow {
  colour: string | null;
  title: string;
  text: string;
  chosen: boolean;
}

export interface Tip {
  heading: string;
  rows: readonly TipRow[];
  /** Below the rows. */
  remarks: readonly string[];
}

const GAP_PX = 14;

/** The page's one tooltip. */
export class Tooltip {
  readonly #box = element('#tooltip', HTMLElement);

  /** @param place beside which it is shown, in the window */
  show({ heading, rows, remarks }: Tip, place: { left: number; top: number }): void {
    const table = document.createElement('table');
    for (const { colour, title, text, chosen } of rows) {
      const row = document.createElement('tr');
      if (chosen) row.className = 'chosen';
      const name = document.createElement('td');
      if (colour !== null) {
        const swatch = textElement('span', '', 'swatch');
        swatch.style.background = colour;
        name.append(swatch);
      }
      name.append(title);
      row.append(name, textElement('td', text));
      table.append(row);
    }
    this.#box.replaceChildren(textElement('strong', heading), table, ...remarks.map((text) => textElement('p', text)));
    this.#box.hidden = false;
    const { width, height } = this.#box.getBoundingClientRect();
    const right = place.left + GAP_PX + width <= innerWidth ? place.left + GAP_PX : place.left - GAP_PX - width;
    const below = place.top + GAP_PX + height <= innerHeight ? place.top + GAP_PX : place.top - GAP_PX - height;
    this.#box.style.left = `${Math.max(4, Math.min(right, innerWidth - width - 4))}px`;
    this.#box.style.top = `${Math.max(4, below)}px`;
  }

  hide(): void {
    this.#box.hidden = true;
  }
}
