import type { ChartDataset, ScriptableLineSegmentContext } from 'chart.js';
import type { ShapedCurve } from '../analysis/shaped-curves.js';
import { vuLevels } from '../analysis/summary.js';
import { upstreamAnswerS } from '../analysis/upstream-answer.js';
import type { UslFit } from '../analysis/usl.js';
import { type LoadModel, levelTitle } from '../model/load-level.js';
import type { CellRecord } from '../model/record.js';
import type { Machine, Run } from '../model/run.js';
import type { Chart } from './chart.js';
import { cellNotes, markColumns, wasStarted } from './chart-notes.js';
import { chartOptions, type LegendEntry, legendLine, lineStyle, spanningDecades } from './chart-options.js';
import type { DrawnGateway } from './chart-style.js';
import { formatMachineClass } from './format-machine.js';
import { categoryAxis, levelScale, placeInCategories, placeOnScale } from './level-axis.js';

const LEVELS: Record<LoadModel, string> = { closed: 'number of VUs', open: 'planned rate' };
const IDEAL_COLOUR = '#999999';

/**
 * Rate by VUs, with the line of an upstream that answers in its own time and nothing in between, and the Universal
 * Scalability Law with its band where it could be fitted.
 */
export function throughputChart(
  run: Run,
  gateways: readonly DrawnGateway[],
  shaped: readonly ShapedCurve[],
): Chart | null {
  const { upstream, request } = run.scenario;
  const latencyS = upstreamAnswerS(run.scenario);
  const isPaced = request.stream && upstream.streamChunkDelayMs > 0;
  const { model } = run.scenario.load;
  const levels = vuLevels(gateways.map(({ summary }) => summary));
  const lines = linesByVus(gateways, levels, ({ ratePerSec }) => ratePerSec);
  if (lines === null) return null;
  const ideal: ChartDataset<'line'> = {
    label: `ideal: VUs / ${isPaced ? `${latencyS} s` : upstream.latency}`,
    data: levels.map((vus) => vus / (latencyS ?? 1)),
    borderColor: IDEAL_COLOUR,
    backgroundColor: IDEAL_COLOUR,
    borderDash: [3, 5],
    borderWidth: 2,
    pointStyle: 'line',
    pointRadius: 0,
    order: 1,
  };
  const planned = { ...ideal, label: 'as planned', data: levels };
  return byVus({
    fileName: 'throughput.png',
    title: `Throughput by ${LEVELS[model]}`,
    place: 'throughput',
    machine: run.machine,
    y: 'successful requests per second',
    levels,
    gateways,
    datasets: [...lines, ...(model === 'open' ? [planned] : latencyS !== null && latencyS > 0 ? [ideal] : [])],
    curves: gateways.flatMap(({ summary, look }) => {
      const usl = shaped.find((curve) => curve.summary === summary)?.usl ?? null;
      return usl === null ? [] : uslCurve(look.colour, usl, levels);
    }),
  });
}

const CURVE_POINTS = 60;

/** The band's edges and the curve, over the measured levels, at even steps of the logarithm. */
function uslCurve(colour: string, { rateAt }: UslFit, levels: readonly number[]): ChartDataset<'line'>[] {
  const [first, last] = [levels[0] ?? 1, levels.at(-1) ?? 1];
  const points = Array.from({ length: CURVE_POINTS + 1 }, (_, at) => {
    const x = first * (last / first) ** (at / CURVE_POINTS);
    return { x, ...rateAt(x) };
  });
  const line = (pick: 'low' | 'high' | 'value'): ChartDataset<'line'> => ({
    label: '',
    data: points.map((point) => ({ x: point.x, y: point[pick] })),
    borderColor: colour,
    borderWidth: pick === 'value' ? 1.25 : 0,
    backgroundColor: `${colour}2e`,
    pointRadius: 0,
    pointStyle: 'line',
    fill: false,
    order: 2,
  });
  return [line('low'), { ...line('high'), fill: '-1' }, line('value')];
}

/** A percentile of the latency of successes by VUs. */
export function latencyChart(
  percentile: 'p50' | 'p99',
  machine: Machine,
  gateways: readonly DrawnGateway[],
): Chart | null {
  const levels = vuLevels(gateways.map(({ summary }) => summary));
  const datasets = linesByVus(gateways, levels, ({ latencyUs }) =>
    latencyUs === null ? null : latencyUs[percentile] / 1000,
  );
  if (datasets === null) return null;
  return byVus({
    fileName: `latency-${percentile}.png`,
    title: `Latency by ${LEVELS[modelOf(gateways)]}: ${percentile}`,
    place: 'latency',
    machine,
    y: `${percentile} of successful requests (ms)`,
    // All of it is on top of the upstream's latency: from 0, what a gateway adds would not be seen.
    beginAtZero: false,
    levels,
    gateways,
    datasets,
  });
}

/**
 * A line a gateway: a hollow point where a cell is invalid, a gap where it has no figure, never a 0. Null where no cell
 * has a value.
 */
function linesByVus(
  gateways: readonly DrawnGateway[],
  levels: readonly number[],
  readingOf: (record: CellRecord) => number | null,
): ChartDataset<'line'>[] | null {
  const lines = gateways.map(({ summary, look }, index): ChartDataset<'line'> => {
    const shown = levels.map((vus) => summary.levels.find((level) => level.vus === vus)?.shown ?? null);
    const isInvalid = shown.map((record) => record?.outcome.kind === 'invalid');
    return {
      label: summary.title,
      data: shown.map((record, at) =>
        record !== null && (record.outcome.kind === 'ok' || isInvalid[at]) ? readingOf(record) : null,
      ),
      ...lineStyle(look.colour, look),
      borderWidth: 2.5,
      pointBackgroundColor: isInvalid.map((hollow) => (hollow ? '#ffffff' : look.colour)),
      pointBorderColor: look.colour,
      pointBorderWidth: isInvalid.map((hollow) => (hollow ? 2 : 1)),
      // Gateways often coincide: the later ones lie on top, smaller, so that each is seen around the next.
      pointRadius: Math.max(5, 9 - index),
      // What leads to a figure that can't be trusted is thin.
      segment: { borderWidth: (segment) => (touches(segment, isInvalid) ? 1 : undefined) },
      // A point on the edge of the plot is whole.
      clip: 12,
      order: -index,
      spanGaps: false,
    };
  });
  return lines.some(({ data }) => data.some((value) => value !== null)) ? lines : null;
}

function touches({ p0DataIndex, p1DataIndex }: ScriptableLineSegmentContext, isInvalid: readonly boolean[]): boolean {
  return isInvalid[p0DataIndex] === true || isInvalid[p1DataIndex] === true;
}

interface ByVus {
  fileName: string;
  title: string;
  place: Chart['place'];
  machine: Machine;
  y: string;
  levels: readonly number[];
  gateways: readonly DrawnGateway[];
  /** A line a gateway, then others. */
  datasets: ChartDataset<'line'>[];
  /** Drawn between the levels as well; the axis is then a scale. */
  curves?: ChartDataset<'line'>[];
  beginAtZero?: boolean;
}

function byVus({ curves = [], beginAtZero = true, ...chart }: ByVus): Chart {
  const { fileName, title, place, machine, y, levels, gateways, datasets } = chart;
  const values = datasets.flatMap(({ data }) => data.filter((value) => typeof value === 'number'));
  const notes = cellNotes(gateways);
  const onScale = curves.length > 0;
  const options = chartOptions({
    title,
    subtitle: [
      formatMachineClass(machine),
      ...(onScale ? ['Thin lines: the Universal Scalability Law, fitted, with its 95 % band.'] : []),
    ],
    x: `${levelTitle(modelOf(gateways))}${onScale ? ', logarithmic' : ''} (levels as measured)`,
    y: { title: y, logarithmic: spanningDecades(values), beginAtZero },
    legend: legendOf(gateways, datasets),
  });
  return {
    fileName,
    title,
    place,
    notes: notes.notes,
    marks: markColumns(gateways, notes, levels, onScale ? placeOnScale(levels) : placeInCategories(levels)),
    configuration: {
      type: 'line',
      // Labels, not numbers: every level that was measured has a tick of its own, whatever the distance.
      data: {
        labels: onScale ? [] : levels.map(String),
        datasets: onScale ? [...datasets.map((each) => atLevels(each, levels)), ...curves] : datasets,
      },
      options: {
        ...options,
        scales: {
          ...options.scales,
          x: onScale ? levelScale(levels, options.scales.x) : categoryAxis(options.scales.x),
        },
      },
    },
  };
}

function modelOf([first]: readonly DrawnGateway[]): LoadModel {
  return first?.summary.levels[0]?.model ?? 'closed';
}

/** Every gateway with a figure or a mark, then the other lines. */
function legendOf(gateways: readonly DrawnGateway[], datasets: readonly ChartDataset<'line'>[]): LegendEntry[] {
  return [
    ...gateways.filter(wasStarted).map(({ summary, look }) => legendLine(summary.title, look)),
    ...datasets.slice(gateways.length).map(({ label = '' }) => ({
      text: label,
      colour: IDEAL_COLOUR,
      point: { pointStyle: 'line' as const },
    })),
  ];
}

/** The same line on an axis of numbers. */
function atLevels(line: ChartDataset<'line'>, levels: readonly number[]): ChartDataset<'line'> {
  return {
    ...line,
    // Chart.js takes no null among points: a gap is a point without a height.
    data: line.data.map((value, at) => ({ x: levels[at] ?? 0, y: typeof value === 'number' ? value : null })),
  };
}
