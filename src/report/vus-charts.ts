import type { ChartDataset } from 'chart.js';
import { constantLatencyS } from '../../common/latency.js';
import type { ShapedCurve } from '../analysis/shaped-curves.js';
import { type GatewaySummary, vuLevels } from '../analysis/summary.js';
import type { UslFit } from '../analysis/usl.js';
import type { CellRecord } from '../model/record.js';
import type { Machine, Run } from '../model/run.js';
import type { Chart } from './chart.js';
import { chartOptions, gatewayColour, lineStyle, spanningDecades, wrapped } from './chart-style.js';
import { formatMachineClass } from './format-machine.js';
import { formatLeftOut } from './left-out.js';

/**
 * Rate by VUs, with the line of an upstream that answers in its latency and nothing in between, and the Universal
 * Scalability Law with its band where it could be fitted.
 */
export function throughputChart(
  run: Run,
  summaries: readonly GatewaySummary[],
  shaped: readonly ShapedCurve[],
): Chart | null {
  const latencyS = constantLatencyS(run.scenario.upstream.latency);
  const levels = vuLevels(summaries);
  const lines = linesByVus(summaries, levels, ({ ratePerSec }) => ratePerSec);
  if (lines === null) return null;
  const ideal: ChartDataset<'line'> = {
    label: `ideal: VUs / ${run.scenario.upstream.latency}`,
    data: levels.map((vus) => vus / (latencyS ?? 1)),
    borderColor: '#999999',
    backgroundColor: '#999999',
    borderDash: [3, 5],
    borderWidth: 2,
    pointStyle: 'line',
    pointRadius: 0,
    order: 1,
  };
  return byVus({
    fileName: 'throughput.png',
    title: 'Throughput by number of VUs',
    place: 'throughput',
    machine: run.machine,
    y: 'successful requests per second',
    levels,
    summaries,
    datasets: [...lines, ...(latencyS !== null && latencyS > 0 ? [ideal] : [])],
    curves: shaped.flatMap(({ summary, usl }) => (usl === null ? [] : uslCurve(gatewayColour(summary), usl, levels))),
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
  summaries: readonly GatewaySummary[],
): Chart | null {
  const levels = vuLevels(summaries);
  const datasets = linesByVus(summaries, levels, ({ latencyUs }) =>
    latencyUs === null ? null : latencyUs[percentile] / 1000,
  );
  if (datasets === null) return null;
  return byVus({
    fileName: `latency-${percentile}.png`,
    title: `Latency by number of VUs: ${percentile}`,
    place: 'latency',
    machine,
    y: `${percentile} of successful requests (ms)`,
    // All of it is on top of the upstream's latency: from 0, what a gateway adds would not be seen.
    beginAtZero: false,
    levels,
    summaries,
    datasets,
  });
}

/** A line a gateway; a cell that isn't ok is a gap, never a 0. Null where no cell has a value. */
function linesByVus(
  summaries: readonly GatewaySummary[],
  levels: readonly number[],
  readingOf: (record: CellRecord) => number | null,
): ChartDataset<'line'>[] | null {
  const lines = summaries.map(
    (summary, index): ChartDataset<'line'> => ({
      label: summary.title,
      data: levels.map((vus) => {
        const shown = summary.levels.find((level) => level.vus === vus)?.shown;
        return shown?.outcome.kind === 'ok' ? readingOf(shown) : null;
      }),
      ...lineStyle(gatewayColour(summary), index),
      borderWidth: 2.5,
      // Gateways often coincide: the later ones lie on top, smaller, so that each is seen around the next.
      pointRadius: Math.max(5, 9 - index),
      order: -index,
      spanGaps: false,
    }),
  );
  const drawn = lines.filter(({ data }) => data.some((value) => value !== null));
  return drawn.length === 0 ? null : drawn;
}

interface ByVus {
  fileName: string;
  title: string;
  place: Chart['place'];
  machine: Machine;
  y: string;
  levels: readonly number[];
  summaries: readonly GatewaySummary[];
  datasets: ChartDataset<'line'>[];
  /** Drawn between the levels as well; the axis is then a scale. */
  curves?: ChartDataset<'line'>[];
  beginAtZero?: boolean;
}

function byVus({ curves = [], beginAtZero = true, ...chart }: ByVus): Chart {
  const { fileName, title, place, machine, y, levels, summaries, datasets } = chart;
  const values = datasets.flatMap(({ data }) => data.filter((value) => typeof value === 'number'));
  const leftOut = formatLeftOut(summaries);
  const options = chartOptions({
    title,
    subtitle: [
      formatMachineClass(machine),
      ...(curves.length === 0 ? [] : ['Thin lines: the Universal Scalability Law, fitted, with its 95 % band.']),
      ...(leftOut === '' ? [] : wrapped(leftOut)),
    ],
    x: curves.length === 0 ? 'VUs (levels as measured)' : 'VUs, logarithmic (levels as measured)',
    y: { title: y, logarithmic: spanningDecades(values), beginAtZero },
  });
  const { legend } = options.plugins;
  const labels = { ...legend.labels, filter: ({ text }: { text: string }) => text !== '' };
  return {
    fileName,
    title,
    place,
    configuration: {
      type: 'line',
      // Labels, not numbers: every level that was measured has a tick of its own, whatever the distance.
      data: {
        labels: curves.length === 0 ? levels.map(String) : [],
        datasets: curves.length === 0 ? datasets : [...datasets.map((each) => atLevels(each, levels)), ...curves],
      },
      options: {
        ...options,
        // The legend follows the drawing order, which is the plan's from behind.
        plugins: { ...options.plugins, legend: { ...legend, labels, reverse: true } },
        scales: {
          ...options.scales,
          x: {
            ...options.scales.x,
            ...(curves.length === 0
              ? { offset: true }
              : { ...levelScale(levels), ticks: { ...options.scales.x.ticks, callback: LABEL_EVERY_TICK } }),
          },
        },
      },
    },
  };
}

/** The same line on an axis of numbers. */
function atLevels(line: ChartDataset<'line'>, levels: readonly number[]): ChartDataset<'line'> {
  return {
    ...line,
    data: line.data.map((value, at) => (typeof value === 'number' ? { x: levels[at] ?? 0, y: value } : null)),
  };
}

/** A logarithmic axis with a tick at each level, and room for the points at both ends. */
function levelScale(levels: readonly number[]) {
  const [first, last] = [levels[0] ?? 1, levels.at(-1) ?? 1];
  const margin = (last / first) ** 0.03;
  return {
    type: 'logarithmic' as const,
    min: first / margin,
    max: last * margin,
    afterBuildTicks: (axis: { ticks: { value: number }[] }) => {
      axis.ticks = levels.map((value) => ({ value }));
    },
  };
}

/** Chart.js labels only some ticks of a logarithmic axis. */
const LABEL_EVERY_TICK = (value: string | number) => String(value);
