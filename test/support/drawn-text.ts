import type { SKRSContext2D } from 'canvas';
import type { Chart, Plugin } from 'chart.js';
import { drawChart } from '../../src/lib/draw-chart.js';
import type { Drawing } from '../../src/lib/drawing.js';

/** In CSS pixels of the chart. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface DrawnText extends Box {
  text: string;
}

export interface Drawn {
  /** What is in the picture in the end, whatever drew it. */
  texts: DrawnText[];
  width: number;
  height: number;
  /** Where points, lines and bars are. */
  plot: Box;
  png: Buffer;
}

/** Draw a chart and record where every text of it is, as the canvas measures it. */
export async function drawRecorded({ configuration, ...around }: Drawing): Promise<Drawn> {
  const texts: DrawnText[] = [];
  const charts: Chart[] = [];
  const recorder: Plugin = {
    id: 'recorder',
    beforeInit(chart) {
      charts.push(chart);
      record(chart.ctx, (text) => texts.push(text));
    },
    // A chart that was made higher is drawn more than once: the last picture counts.
    beforeDraw() {
      texts.length = 0;
    },
  };
  const png = await drawChart({ ...around, configuration: { ...configuration, plugins: [recorder] } });
  const [chart] = charts;
  if (chart === undefined) throw new Error('nothing was drawn');
  const { width, height, chartArea } = chart;
  const scale = chart.currentDevicePixelRatio;
  return {
    texts: texts.map(({ text, ...box }) => ({
      text,
      left: box.left / scale,
      top: box.top / scale,
      right: box.right / scale,
      bottom: box.bottom / scale,
    })),
    width,
    height,
    plot: chartArea,
    png,
  };
}

function record(context: SKRSContext2D, onText: (text: DrawnText) => void): void {
  const fillText = context.fillText.bind(context);
  context.fillText = (text, x, y, ...rest) => {
    if (text.trim() !== '') onText({ text, ...boxOf(context, text, x, y) });
    fillText(text, x, y, ...rest);
  };
}

/** The box around the ink of a text, after rotation, in pixels of the canvas. */
function boxOf(context: SKRSContext2D, text: string, x: number, y: number): Box {
  const ink = context.measureText(text);
  const left = x - ink.actualBoundingBoxLeft;
  const right = x + ink.actualBoundingBoxRight;
  const top = y - ink.actualBoundingBoxAscent;
  const bottom = y + ink.actualBoundingBoxDescent;
  const { a, b, c, d, e, f } = context.getTransform();
  const corners = [
    [left, top],
    [right, top],
    [left, bottom],
    [right, bottom],
  ].map(([px = 0, py = 0]) => ({ x: a * px + c * py + e, y: b * px + d * py + f }));
  return {
    left: Math.min(...corners.map((corner) => corner.x)),
    right: Math.max(...corners.map((corner) => corner.x)),
    top: Math.min(...corners.map((corner) => corner.y)),
    bottom: Math.max(...corners.map((corner) => corner.y)),
  };
}

/** Whether two boxes share more than an edge. */
export function overlap(first: Box, second: Box): boolean {
  return (
    first.left < second.right && second.left < first.right && first.top < second.bottom && second.top < first.bottom
  );
}
