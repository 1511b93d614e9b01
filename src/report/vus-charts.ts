import type { ChartDataset } from 'chart.js';
import { constantLatencyS } from '../../common/latency.js';
import { type GatewaySummary, vuLevels } from '../analysis/summary.js';
import type { CellRecord } from '../model/record.js';
import type { Machine, Run } from '../model/run.js';
import type { Chart } from './chart.js';
import { chartOptions, gatewayColour, lineStyle, spanningDecades, wrapped } from './chart-style.js';
import { formatMachineClass } from './format-machine.js';
import { formatLeftOut } from './left-out.js';

/** Rate by VUs, with the line of an upstream that answers in its latency and nothing in between. */
export function throughputChart(run: Run, summaries: readonly GatewaySummary[]): Chart | null {
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
  });
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
  beginAtZero?: boolean;
}

function byVus({ fileName, title, place, machine, y, levels, summaries, datasets, beginAtZero = true }: ByVus): Chart {
  const values = datasets.flatMap(({ data }) => data.filter((value) => typeof value === 'number'));
  const leftOut = formatLeftOut(summaries);
  const options = chartOptions({
    title,
    subtitle: [formatMachineClass(machine), ...(leftOut === '' ? [] : wrapped(leftOut))],
    x: 'VUs (levels as measured)',
    y: { title: y, logarithmic: spanningDecades(values), beginAtZero },
  });
  // The legend follows the drawing order, which is the plan's from behind.
  const { x } = options.scales;
  const scales = { ...options.scales, x: { ...x, offset: true } };
  const plugins = { ...options.plugins, legend: { ...options.plugins.legend, reverse: true } };
  return {
    fileName,
    title,
    place,
    configuration: {
      type: 'line',
      // Labels, not numbers: every level that was measured has a tick of its own, whatever the distance.
      data: { labels: levels.map(String), datasets },
      options: { ...options, plugins, scales },
    },
  };
}
