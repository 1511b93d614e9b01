import type uPlot from 'uplot';
import { drawCross, drawMark } from './marks.js';
import type { Line, Picture, Point } from './picture.js';
import type { Theme } from './theme.js';

const BAND_ALPHA = '2e';
const RADIUS_PX = 5;
const ROUND = { style: 'circle', rotation: 0 };

/** Stretches of time, in front of which everything else is drawn. */
export function paintPhases(plot: uPlot, { phases, x }: Picture, theme: Theme): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const [at, { title, from, to }] of phases.entries()) {
    const left = Math.max(bbox.left, plot.valToPos(Math.max(from, x.range[0]), 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(Math.min(to, x.range[1]), 'x', true));
    if (right <= left) continue;
    if (at % 2 === 0) {
      ctx.fillStyle = theme.shade;
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.fillStyle = theme.muted;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'top';
    const isWide = ctx.measureText(title).width < right - left - 6 * devicePixelRatio;
    if (isWide) ctx.fillText(title, (left + right) / 2, bbox.top + 4 * devicePixelRatio);
  }
  ctx.restore();
}

/** Bands of intervals, and whiskers, so that a single point has its interval too. */
export function paintIntervals(plot: uPlot, lines: readonly Line[]): void {
  const { ctx } = plot;
  ctx.save();
  clip(plot);
  for (const { colour, points } of lines) {
    for (const run of bounded(points)) {
      ctx.beginPath();
      for (const { x, high } of run) ctx.lineTo(px(plot, x, 'x'), px(plot, high, 'y'));
      for (const { x, low } of run.toReversed()) ctx.lineTo(px(plot, x, 'x'), px(plot, low, 'y'));
      ctx.closePath();
      ctx.fillStyle = `${colour}${BAND_ALPHA}`;
      ctx.fill();
      ctx.beginPath();
      const arm = 4 * devicePixelRatio;
      for (const { x, low, high } of run) {
        const at = px(plot, x, 'x');
        ctx.moveTo(at, px(plot, low, 'y'));
        ctx.lineTo(at, px(plot, high, 'y'));
        for (const end of [low, high]) {
          ctx.moveTo(at - arm, px(plot, end, 'y'));
          ctx.lineTo(at + arm, px(plot, end, 'y'));
        }
      }
      ctx.strokeStyle = colour;
      ctx.lineWidth = devicePixelRatio;
      ctx.stroke();
    }
  }
  ctx.restore();
}

interface Bounded {
  x: number;
  low: number;
  high: number;
}

/** Neighbours that have an interval. */
function bounded(points: readonly Point[]): Bounded[][] {
  const runs: Bounded[][] = [[]];
  for (const { x, low, high } of points) {
    if (low === null || high === null) runs.push([]);
    else runs.at(-1)?.push({ x, low, high });
  }
  return runs.filter((run) => run.length > 0);
}

/** Marks of all points, the chosen one larger. */
export function paintMarks(plot: uPlot, lines: readonly Line[], theme: Theme, chosen: Point | null): void {
  const { ctx } = plot;
  ctx.save();
  for (const { colour, shape, points } of lines) {
    for (const point of points) {
      const radius = RADIUS_PX * devicePixelRatio * (point === chosen ? 1.5 : 1);
      const mark = { shape: shape ?? ROUND, colour, paper: theme.paper, radius };
      const at = px(plot, point.x, 'x');
      if (point.kind === 'broken') drawCross(ctx, at, yOf(plot, point, true), mark);
      else if (point.y !== null && (point.kind === 'point' || point === chosen))
        drawMark(ctx, at, px(plot, point.y, 'y'), mark, !point.sure);
    }
  }
  ctx.restore();
}

/** A cell that broke without a figure stands at the bottom. @param canvas pixels of the canvas, else of the plot */
export function yOf(plot: uPlot, { y }: Point, canvas: boolean): number {
  const bottom = canvas ? plot.bbox.top + plot.bbox.height : plot.bbox.height / devicePixelRatio;
  return y === null ? bottom - (canvas ? 8 * devicePixelRatio : 8) : plot.valToPos(y, 'y', canvas);
}

function px(plot: uPlot, value: number, scale: 'x' | 'y'): number {
  return plot.valToPos(value, scale, true);
}

function clip({ ctx, bbox }: uPlot): void {
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
}
