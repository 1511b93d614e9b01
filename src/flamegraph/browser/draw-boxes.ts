import type { Box, Layout } from '../view/boxes.js';
import { fitLabel } from '../view/labels.js';

export const ROW_PX = 19;
const AXIS_PX = 22;
const SVG = 'http://www.w3.org/2000/svg';

/** A drawn frame. */
export interface DrawnFrame {
  box: Box;
  group: SVGGElement;
  rect: SVGRectElement;
}

/** A mark on the axis above the boxes. */
export interface Tick {
  x: number;
  label: string;
}

interface DrawOptions {
  widthPx: number;
  /** Empty for no axis. */
  ticks: readonly Tick[];
  /** In full: it is shortened to fit. */
  name(box: Box): string;
}

/** Draws boxes, replacing the previous drawing. @returns the frames, and the one that an event's target is in */
export function drawBoxes(
  container: HTMLElement,
  { boxes, rows }: Layout,
  { widthPx, ticks, name }: DrawOptions,
): { frames: DrawnFrame[]; frameAt(target: EventTarget | null): DrawnFrame | null } {
  const topPx = ticks.length > 0 ? AXIS_PX : 0;
  const heightPx = topPx + rows * ROW_PX;
  const svg = create('svg', { width: widthPx, height: heightPx, viewBox: `0 0 ${widthPx} ${heightPx}` });
  const frames = boxes.map((box): DrawnFrame => {
    const group = create('g', { class: 'frame', transform: `translate(${px(box.x)},${topPx + box.row * ROW_PX})` });
    const rect = create('rect', { width: px(Math.max(0.1, box.widthPx)), height: ROW_PX });
    group.append(rect);
    const label = box.widthPx < MIN_LABEL_PX ? '' : fitLabel(name(box), box.widthPx - 8, labelPx);
    if (label !== '') {
      const text = create('text', { x: 4, y: 13.5 });
      text.textContent = label;
      group.append(text);
    }
    return { box, group, rect };
  });
  svg.append(...ticks.map((tick) => axisMark(tick, heightPx)), ...frames.map(({ group }) => group));
  container.replaceChildren(svg);
  const byGroup = new Map<Element, DrawnFrame>(frames.map((frame) => [frame.group, frame]));
  return {
    frames,
    frameAt: (target) => {
      const group = target instanceof Element ? target.closest('g.frame') : null;
      return (group && byGroup.get(group)) ?? null;
    },
  };
}

const MIN_LABEL_PX = 35;

function axisMark({ x, label }: Tick, heightPx: number): SVGGElement {
  const group = create('g', { class: 'tick', transform: `translate(${px(x)},0)` });
  const text = create('text', { x: 4, y: 14 });
  text.textContent = label;
  group.append(create('line', { y2: heightPx }), text);
  return group;
}

function create<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | number>,
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function px(value: number): number {
  return Math.round(value * 100) / 100;
}

const widths = new Map<string, number>();
let pen: CanvasRenderingContext2D | null = null;

/** The width of a label, character by character: measuring thousands of whole labels takes too long. */
function labelPx(text: string): number {
  let sum = 0;
  for (const character of text) {
    let width = widths.get(character);
    if (width === undefined) {
      pen ??= penOf(document.querySelector('#chart') ?? document.body);
      width = pen?.measureText(character).width ?? 8;
      widths.set(character, width);
    }
    sum += width;
  }
  return sum;
}

function penOf(element: Element): CanvasRenderingContext2D | null {
  const made = document.createElement('canvas').getContext('2d');
  if (made) made.font = `12px ${getComputedStyle(element).fontFamily}`;
  return made;
}
