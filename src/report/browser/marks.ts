import type { PointShape } from '../page/page-data.js';

type Corners = [x: number, y: number][];

/** Corners of a mark within a circle of about radius 1; null is the circle itself. */
const CORNERS: Record<string, Corners | null> = {
  circle: null,
  rect: polygon(4, Math.PI / 4, 1.1),
  rectRot: polygon(4, 0, 1.15),
  triangle: polygon(3, 0, 1.25),
};

function polygon(corners: number, turn: number, radius: number): Corners {
  return Array.from({ length: corners }, (_, at) => {
    const angle = turn - Math.PI / 2 + (2 * Math.PI * at) / corners;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** The outline of a mark; null is a circle. */
function outline({ style, rotation }: PointShape, x: number, y: number, radius: number): Corners | null {
  const corners = CORNERS[style] ?? null;
  const turn = (rotation * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return corners?.map(([u, v]) => [x + radius * (u * cos - v * sin), y + radius * (u * sin + v * cos)]) ?? null;
}

export interface Mark {
  shape: PointShape;
  colour: string;
  paper: string;
  radius: number;
}

/** A gateway's mark; hollow where the figure can't be trusted. */
export function drawMark(context: CanvasRenderingContext2D, x: number, y: number, mark: Mark, hollow: boolean): void {
  const { shape, colour, paper, radius } = mark;
  const corners = outline(shape, x, y, radius);
  context.beginPath();
  if (corners === null) context.arc(x, y, radius, 0, 2 * Math.PI);
  else for (const [atX, atY] of corners) context.lineTo(atX, atY);
  context.closePath();
  context.fillStyle = hollow ? paper : colour;
  context.fill();
  context.strokeStyle = hollow ? colour : paper;
  context.lineWidth = radius * (hollow ? 0.45 : 0.3);
  context.stroke();
}

/** Where a gateway crashed or failed. */
export function drawCross(context: CanvasRenderingContext2D, x: number, y: number, mark: Mark): void {
  const arm = mark.radius * 1.2;
  for (const [colour, width] of [
    [mark.paper, mark.radius * 1.3],
    [mark.colour, mark.radius * 0.65],
  ] as const) {
    context.beginPath();
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x + arm, y - arm);
    context.lineTo(x - arm, y + arm);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineCap = 'round';
    context.stroke();
  }
  context.lineCap = 'butt';
}

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH_PX, HEIGHT_PX, RADIUS_PX] = [36, 14, 4.5];

/** A piece of a line with its mark, for a legend. @param shape null for a line without marks */
export function lineSample(colour: string, dash: readonly number[], shape: PointShape | null): SVGElement {
  const [x, y] = [WIDTH_PX / 2, HEIGHT_PX / 2];
  const corners = shape === null ? null : outline(shape, x, y, RADIUS_PX);
  const line = svg('path', {
    d: `M0 ${y}H${WIDTH_PX}`,
    stroke: colour,
    'stroke-width': 2,
    'stroke-dasharray': dash.join(' '),
  });
  const mark =
    corners === null
      ? svg('circle', { cx: x, cy: y, r: RADIUS_PX, fill: colour })
      : svg('path', {
          d: `M${corners.map((corner) => corner.map((each) => each.toFixed(1)).join(' ')).join('L')}Z`,
          fill: colour,
        });
  const drawn = svg('svg', { width: WIDTH_PX, height: HEIGHT_PX, 'aria-hidden': 'true' });
  drawn.append(...(shape === null ? [line] : [line, mark]));
  return drawn;
}

function svg(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
