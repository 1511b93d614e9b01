import { element, textElement } from '../../report/browser/dom.js';
import type { NodeDetails } from '../view/node-details.js';

const GAP_PX = 14;

/** Details of a frame, beside the pointer or the focused frame. */
export class Tooltip {
  readonly #box = element('#tooltip', HTMLElement);

  show({ name, rows }: NodeDetails): void {
    const list = document.createElement('dl');
    for (const [label, value] of rows) list.append(textElement('dt', label), textElement('dd', value));
    this.#box.replaceChildren(textElement('strong', name), list);
    this.#box.hidden = false;
  }

  hide(): void {
    this.#box.hidden = true;
  }

  /** Places it beside a point of the window, on the side with enough space. */
  placeAt(x: number, y: number): void {
    const { offsetWidth: width, offsetHeight: height } = this.#box;
    const left = x + GAP_PX + width <= innerWidth ? x + GAP_PX : x - GAP_PX - width;
    const top = y + GAP_PX + height <= innerHeight ? y + GAP_PX : y - GAP_PX - height;
    this.#box.style.left = `${Math.max(4, left)}px`;
    this.#box.style.top = `${Math.max(4, top)}px`;
  }

  /** Places it below or above a frame, near its visible part. */
  placeBeside(frame: Element): void {
    const { left, bottom } = frame.getBoundingClientRect();
    this.placeAt(Math.max(left, 0), bottom - GAP_PX / 2);
  }
}
