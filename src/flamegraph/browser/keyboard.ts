import type { LaidOut } from 'd3-flame-graph';
import type { VisibleNode } from '../view/visible-nodes.js';
import type { DrawnFrame } from './chart.js';

interface KeyboardActions {
  icicle: boolean;
  describe(node: VisibleNode): string;
  focused(frame: DrawnFrame): void;
  blurred(): void;
  chosen(node: VisibleNode): void;
  reset(): void;
}

/**
 * Makes frames reachable with the arrow keys. Only one is in the tab order (a roving tabindex,
 * https://www.w3.org/WAI/ARIA/apg/practices/keyboard-interface/), so that Tab doesn't stop at thousands of them.
 */
export function enableKeyboard(frames: readonly DrawnFrame[], actions: KeyboardActions): void {
  const byNode = new Map(frames.map((frame) => [frame.laidOut, frame]));
  let current = frames.find(({ laidOut }) => !laidOut.data.fade) ?? frames[0];
  for (const frame of frames) {
    const { group, laidOut } = frame;
    group.setAttribute('tabindex', frame === current ? '0' : '-1');
    group.setAttribute('role', 'button');
    group.setAttribute('aria-label', actions.describe(laidOut.data));
    group.addEventListener('focus', () => {
      current?.group.setAttribute('tabindex', '-1');
      group.setAttribute('tabindex', '0');
      current = frame;
      // Not after a click: the pointer has its own tooltip.
      if (group.matches(':focus-visible')) actions.focused(frame);
    });
    group.addEventListener('blur', () => actions.blurred());
    group.addEventListener('keydown', (event) => {
      const target = neighbour(laidOut, event.key, actions.icicle);
      if (target) byNode.get(target)?.group.focus();
      else if (event.key === 'Enter' || event.key === ' ') actions.chosen(laidOut.data);
      else if (event.key === 'Escape') actions.reset();
      else if (!event.key.startsWith('Arrow')) return;
      event.preventDefault();
    });
  }
}

function neighbour(from: LaidOut<VisibleNode>, key: string, icicle: boolean): LaidOut<VisibleNode> | null {
  const siblings = from.parent?.children ?? [];
  switch (key) {
    case icicle ? 'ArrowUp' : 'ArrowDown':
      return from.parent;
    case icicle ? 'ArrowDown' : 'ArrowUp':
      return from.children?.[0] ?? null;
    case 'ArrowLeft':
      return siblings[siblings.indexOf(from) - 1] ?? null;
    case 'ArrowRight':
      return siblings[siblings.indexOf(from) + 1] ?? null;
    default:
      return null;
  }
}
