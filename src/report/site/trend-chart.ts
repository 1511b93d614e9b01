import type { Metric } from '../../analysis/metrics.js';
import type { TrendPoint, TrendSeries } from '../../analysis/trend.js';
import { formatLevel } from '../../lib/format.js';
import { type Html, html, NOTHING } from '../../lib/html.js';
import { formatBounds, formatFigure, formatStep } from '../history/format-figure.js';
import { formatMoment } from '../history/run-list.js';
import { pointText } from '../history/trend-sections.js';

const WIDTH = 760;
const HEIGHT = 230;
const PLOT = { left: 92, right: WIDTH - 18, top: 26, bottom: HEIGHT - 34 };
/** Of the axis, above and below what is drawn. */
const MARGIN_SHARE = 0.12;

/** A figure over runs, drawn without a script: points with their intervals, levels, and where they change. */
export function trendChart(label: string, metric: Metric, series: TrendSeries): Html {
  const { points, levels, changes, vus, model } = series;
  const x = xOf(points.length);
  const bounds = boundsOf(points);
  if (bounds === null) return html`<p>No run has a figure that can be trusted.</p>`;
  const y = (value: number) =>
    PLOT.bottom - ((value - bounds.low) / (bounds.high - bounds.low)) * (PLOT.bottom - PLOT.top);
  const summary = `${metric.title} of ${label} at ${formatLevel(vus, model)} over ${points.length} runs: ${
    changes.length === 0 ? 'no change found' : `${changes.length} ${changes.length === 1 ? 'change' : 'changes'} found`
  }. The table has the figures.`;
  return html`<div class="scroll" role="region" aria-label="${`Chart: ${label} at ${formatLevel(vus, model)}, ${metric.title}`}" tabindex="0">
<svg class="trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${summary}">
${axes(metric, bounds, y)}
${dates(points, x)}
${levels.map(
  ({ from, to, estimate }) =>
    html`<line class="level" x1="${px(x(from) - step(points.length) / 2)}" x2="${px(x(to - 1) + step(points.length) / 2)}" y1="${px(y(estimate))}" y2="${px(y(estimate))}"/>`,
)}
${changes.map(({ at, better, change }) => {
  const middle = x(at) - step(points.length) / 2;
  return html`<line class="change" x1="${px(middle)}" x2="${px(middle)}" y1="${PLOT.top}" y2="${PLOT.bottom}"/>
<text class="mark ${better ? 'better' : 'worse'}" x="${px(middle)}" y="${PLOT.top - 8}" text-anchor="${anchor(middle)}">${better ? '▲' : '▼'} ${formatStep(metric, change).replace(/ \(.*/, '')}</text>`;
})}
${points.map((point, index) => pointSvg(metric, point, x(index), y))}
</svg></div>`;
}

function xOf(count: number): (index: number) => number {
  return (index) => PLOT.left + step(count) * (index + 0.5);
}

function step(count: number): number {
  return (PLOT.right - PLOT.left) / Math.max(1, count);
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function anchor(x: number): 'start' | 'middle' | 'end' {
  if (x < PLOT.left + 60) return 'start';
  return x > PLOT.right - 60 ? 'end' : 'middle';
}

/** What has to be on the axis; null without any figure. */
function boundsOf(points: readonly TrendPoint[]): { low: number; high: number } | null {
  const values = points.flatMap(({ estimate, interval }) =>
    estimate === null ? [] : [estimate, interval?.low ?? estimate, interval?.high ?? estimate],
  );
  if (values.length === 0) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // Noise of a few per mille must not look like a mountain range.
  const span = Math.max(high - low, 0.1 * Math.abs(high), Number.MIN_VALUE);
  const middle = (low + high) / 2;
  return { low: middle - span * (0.5 + MARGIN_SHARE), high: middle + span * (0.5 + MARGIN_SHARE) };
}

const LINES = 4;

function axes(metric: Metric, { low, high }: { low: number; high: number }, y: (value: number) => number): Html[] {
  return Array.from({ length: LINES }, (_, at) => low + ((high - low) * (at + 0.5)) / LINES).map(
    (value) =>
      html`<line class="axis" x1="${PLOT.left}" x2="${PLOT.right}" y1="${px(y(value))}" y2="${px(y(value))}"/>
<text x="${PLOT.left - 8}" y="${px(y(value) + 4)}" text-anchor="end">${formatFigure(metric, value)}</text>`,
  );
}

/** Of the first run and the last, and of some between. */
function dates(points: readonly TrendPoint[], x: (index: number) => number): Html[] {
  const every = Math.max(1, Math.ceil(points.length / 6));
  return points.map((point, index) => {
    if (index % every !== 0) return NOTHING;
    return html`<text x="${px(x(index))}" y="${HEIGHT - 12}" text-anchor="middle">${formatMoment(point.run.createdAt).slice(0, 10)}</text>`;
  });
}

function pointSvg(metric: Metric, point: TrendPoint, x: number, y: (value: number) => number): Html {
  const { run, version, estimate, interval } = point;
  const what = [run.id, ...(version === null ? [] : [version])].join(', ');
  if (estimate === null) {
    const at = PLOT.bottom - 6;
    return html`<g><title>${`${what}: ${pointText(metric, point)}`}</title><path class="missing" d="M${px(x - 4)} ${at - 4}l8 8m0 -8l-8 8"/></g>`;
  }
  const bounds = interval === null ? '' : ` (${formatBounds(metric, interval)})`;
  const whisker =
    interval === null
      ? NOTHING
      : html`<line class="whisker" x1="${px(x)}" x2="${px(x)}" y1="${px(y(interval.low))}" y2="${px(y(interval.high))}"/>`;
  return html`<g><title>${`${what}: ${pointText(metric, point)}${bounds}`}</title>${whisker}<circle class="point" cx="${px(x)}" cy="${px(y(estimate))}" r="4"/></g>`;
}
