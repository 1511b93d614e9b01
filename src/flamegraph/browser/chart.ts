import flamegraph, { type LaidOut, type Tip } from 'd3-flame-graph';
import { type Selection, select } from 'd3-selection';
import type { Visible, VisibleNode } from '../view/visible-nodes.js';

export const ROW_PX = 19;

/** A drawn frame. */
export interface DrawnFrame {
  node: number;
  group: SVGGElement;
  rect: SVGRectElement;
  laidOut: LaidOut<VisibleNode>;
}

interface ChartOptions {
  widthPx: number;
  /** Whether the root is at the top. */
  icicle: boolean;
  /** @param widthPx the width available */
  name(node: VisibleNode, widthPx: number): string;
  onClick(node: VisibleNode): void;
  onHover(event: MouseEvent, node: VisibleNode): void;
  onLeave(): void;
}

/**
 * Draws the visible nodes, replacing the previous drawing. d3-flame-graph does layout and drawing, for a part of the tree
 * that it can handle. It doesn't zoom and search: it would see only that part, and overflow the call stack on large
 * trees (docs/decisions/0013-flame-pages.md).
 */
export function drawChart(container: HTMLElement, visible: Visible, options: ChartOptions): DrawnFrame[] {
  const tip: Tip = Object.assign(() => {}, {
    show: (event: MouseEvent, laidOut: unknown) => options.onHover(event, (laidOut as LaidOut<VisibleNode>).data),
    hide: () => options.onLeave(),
    destroy: () => {},
  });
  const heightPx = visible.rows * ROW_PX;
  const chart = flamegraph<VisibleNode>()
    .width(options.widthPx)
    .height(heightPx)
    .cellHeight(ROW_PX)
    .inverted(options.icicle)
    .transitionDuration(0)
    .tooltip(tip)
    .getName((laidOut) => options.name(laidOut.data, widthOf(laidOut, options)))
    .getValue((data) => data.value);
  container.replaceChildren();
  select(container).datum(visible.root).call(chart);
  const svg = container.querySelector('svg');
  // So that it scales in print.
  svg?.setAttribute('viewBox', `0 0 ${options.widthPx} ${heightPx}`);
  svg?.querySelector('text.title')?.remove();
  return drawnFrames(container, options);
}

function drawnFrames(container: HTMLElement, options: ChartOptions): DrawnFrame[] {
  const drawn: DrawnFrame[] = [];
  const groups = select(container).selectAll('g.frame') as Selection<LaidOut<VisibleNode>>;
  groups.each(function (laidOut) {
    const rect = this.querySelector('rect');
    if (!(this instanceof SVGGElement) || rect === null) return;
    // Set now: d3-flame-graph does both in a transition, which comes later even with a duration of 0.
    const width = widthOf(laidOut, options);
    rect.setAttribute('width', String(width));
    const label = this.querySelector('div');
    if (label !== null && label.style.display !== 'none') label.textContent = options.name(laidOut.data, width);
    drawn.push({ node: laidOut.data.node, group: this, rect, laidOut });
  });
  groups.on('click', (_event, laidOut) => options.onClick(laidOut.data));
  return drawn;
}

function widthOf({ x0, x1 }: LaidOut<VisibleNode>, { widthPx }: ChartOptions): number {
  return (x1 - x0) * widthPx;
}
