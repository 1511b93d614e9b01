import { BoxGrid } from '../view/boxes.js';
import type { DrawnFrame } from './draw-boxes.js';
import type { View } from './view.js';

interface KeyboardActions {
  focused(frame: DrawnFrame): void;
  blurred(): void;
  chosen(frame: DrawnFrame): void;
  /** Any other key. @returns whether it was used */
  pressed(key: string, frame: DrawnFrame): boolean;
}

/**
 * Makes frames reachable with the arrow keys. Only one is in the tab order (a roving tabindex,
 * https://www.w3.org/WAI/ARIA/apg/practices/keyboard-interface/), so that Tab doesn't stop at thousands of them.
 */
export function enableKeyboard(frames: readonly DrawnFrame[], view: View, actions: KeyboardActions): void {
  const byBox = new Map(frames.map((frame) => [frame.box, frame]));
  const grid = new BoxGrid(frames.map(({ box }) => box));
  let current = frames.find(({ box }) => view.isCentre(box)) ?? frames[0];
  for (const frame of frames) {
    const { group, box } = frame;
    group.setAttribute('tabindex', frame === current ? '0' : '-1');
    group.setAttribute('role', 'button');
    group.setAttribute('aria-label', view.describe(box));
    group.addEventListener('focus', () => {
      current?.group.setAttribute('tabindex', '-1');
      group.setAttribute('tabindex', '0');
      current = frame;
      // Not after a click: the pointer has its own tooltip.
      if (group.matches(':focus-visible')) actions.focused(frame);
    });
    group.addEventListener('blur', () => actions.blurred());
    group.addEventListener('keydown', (event) => {
      // Shortcuts of the browser aren't the page's.
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = grid.neighbour(box, event.key);
      if (target) byBox.get(target)?.group.focus();
      else if (event.key === 'Enter' || event.key === ' ') actions.chosen(frame);
      else if (!event.key.startsWith('Arrow') && !actions.pressed(event.key, frame)) return;
      event.preventDefault();
    });
  }
}
