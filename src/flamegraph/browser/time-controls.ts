import { element } from '../../report/browser/dom.js';
import type { FlameView } from './flame-view.js';
import { TimeView } from './time-view.js';

const ZOOM = 0.5;
const WHEEL_ZOOM = 0.8;
const MOVE = 0.4;
/** Shorter ones are clicks. */
const MIN_DRAG_PX = 5;

/** Zooming and moving in time, with buttons, keys, wheel and by dragging. */
export function wireTime(view: FlameView): void {
  const chart = element('#chart', HTMLElement);
  const onTime = (change: (time: TimeView) => void): void => {
    if (!(view.view instanceof TimeView)) return;
    change(view.view);
    view.draw();
  };
  const actions: Record<string, (time: TimeView) => void> = {
    in: (time) => time.zoomBy(ZOOM, 0.5),
    out: (time) => time.zoomBy(1 / ZOOM, 0.5),
    earlier: (time) => time.moveBy(-MOVE),
    later: (time) => time.moveBy(MOVE),
  };
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-time]')) {
    const action = actions[button.dataset.time ?? ''];
    if (action) button.addEventListener('click', () => onTime(action));
  }
  const keys: Record<string, string> = { '+': 'in', '=': 'in', '-': 'out', '[': 'earlier', ']': 'later' };
  chart.addEventListener('keydown', ({ key, ctrlKey, metaKey, altKey }) => {
    const action = actions[keys[key] ?? ''];
    if (action && !ctrlKey && !metaKey && !altKey) onTime(action);
  });
  chart.addEventListener(
    'wheel',
    (event) => {
      // Without Ctrl the wheel scrolls. Pinching a touch pad comes as Ctrl and the wheel.
      if (!event.ctrlKey || !(view.view instanceof TimeView)) return;
      event.preventDefault();
      const share = shareOfWidth(chart, event.clientX);
      onTime((time) => time.zoomBy(event.deltaY < 0 ? WHEEL_ZOOM : 1 / WHEEL_ZOOM, share));
    },
    { passive: false },
  );
  wireDrag(chart, view, (from, to) => onTime((time) => time.zoomToShares(from, to)));
}

/** A drag over a part of the chart. @param chosen with both ends, as shares of the width */
function wireDrag(chart: HTMLElement, view: FlameView, chosen: (from: number, to: number) => void): void {
  const marked = element('#marked-time', HTMLElement);
  let startX: number | null = null;
  let dragged = false;
  chart.addEventListener('pointerdown', (event) => {
    dragged = false;
    startX = event.button === 0 && view.view instanceof TimeView ? event.clientX : null;
  });
  addEventListener('pointermove', (event) => {
    if (startX === null || (!dragged && Math.abs(event.clientX - startX) < MIN_DRAG_PX)) return;
    dragged = true;
    const { left, top, height } = chart.getBoundingClientRect();
    const from = Math.max(left, Math.min(startX, event.clientX));
    const to = Math.min(left + chart.clientWidth, Math.max(startX, event.clientX));
    marked.hidden = false;
    Object.assign(marked.style, { left: `${from}px`, width: `${to - from}px`, top: `${top}px`, height: `${height}px` });
  });
  addEventListener('pointerup', (event) => {
    marked.hidden = true;
    if (startX !== null && dragged) {
      const ends = [shareOfWidth(chart, startX), shareOfWidth(chart, event.clientX)].sort((a, b) => a - b);
      chosen(ends[0] ?? 0, ends[1] ?? 1);
    }
    startX = null;
  });
  // The click that ends a drag isn't meant for the frame under it.
  chart.addEventListener('click', (event) => dragged && event.stopPropagation(), { capture: true });
}

function shareOfWidth(chart: HTMLElement, clientX: number): number {
  const share = (clientX - chart.getBoundingClientRect().left) / chart.clientWidth;
  return Math.min(1, Math.max(0, share));
}
