import type { ChartDataset, Point } from 'chart.js';
import type { CellRecord } from '../model/record.js';
import type { Run } from '../model/run.js';
import type { Chart } from './chart.js';
import { chartOptions, type LegendEntry, legendLine, lineStyle, spanningDecades } from './chart-options.js';
import type { DrawnGateway } from './chart-style.js';
import { formatMachineClass } from './format-machine.js';
import { changesWithinWindow, plannedRates, type SecondOfWindow, secondsOfWindow } from './seconds-of-window.js';

const PLANNED_COLOUR = '#999999';
const POINTS = 12;
const POINT_RADIUS = 5;

interface Measure {
  fileName: string;
  title: string;
  place: Chart['place'];
  y: string;
  readingOf(second: SecondOfWindow): number | null;
}

const RATE: Measure = {
  fileName: 'rate-over-time.png',
  title: 'Successful requests over time',
  place: 'throughput',
  y: 'successful requests per second',
  readingOf: ({ ratePerSec }) => ratePerSec,
};
const P99: Measure = {
  fileName: 'latency-p99-over-time.png',
  title: 'Latency over time: p99 of each second',
  place: 'latency',
  y: 'p99 of successful requests (ms)',
  readingOf: ({ p99Us }) => (p99Us === null ? null : p99Us / 1000),
};

/** Rate and p99 by the second, all gateways in one chart, where the load or the upstream changes within the window; of the highest level. */
export function secondsCharts(run: Run, gateways: readonly DrawnGateway[]): Chart[] {
  if (!changesWithinWindow(run.scenario)) return [];
  const drawn = gateways.flatMap(({ summary, look }) => {
    const shown = summary.levels.at(-1)?.shown ?? null;
    return shown === null || secondsOfWindow(shown).length === 0 ? [] : [{ title: summary.title, look, shown }];
  });
  if (drawn.length === 0) return [];
  return [RATE, P99].map((measure) => secondsChart(measure, run, drawn));
}

interface Drawn extends Pick<DrawnGateway, 'look'> {
  title: string;
  shown: CellRecord;
}

function secondsChart({ fileName, title, place, y, readingOf }: Measure, run: Run, drawn: readonly Drawn[]): Chart {
  const lines = drawn.map((each, index): ChartDataset<'line', Point[]> => {
    const data = secondsOfWindow(each.shown).map((second) => ({ x: second.atS, y: readingOf(second) }));
    const { colour } = each.look;
    const every = Math.max(4, Math.ceil(data.length / POINTS));
    return {
      label: each.title,
      // Chart.js takes no null among points, but a point without a height.
      data: data as Point[],
      ...lineStyle(colour, each.look),
      borderWidth: 2,
      // Enough points to tell lines apart, and few enough to see them; those of one gateway beside those of the next.
      pointRadius: data.map((_, at) => (at % every === (2 * index) % every ? POINT_RADIUS : 0)),
      order: -index,
      spanGaps: false,
    };
  });
  const planned = place === 'throughput' ? plannedLine(run, drawn) : [];
  const values = lines.flatMap(({ data }) => data.flatMap((point) => point.y ?? []));
  const options = chartOptions({
    title,
    subtitle: [formatMachineClass(run.machine)],
    x: 'seconds since the window began',
    y: { title: y, logarithmic: place === 'latency' ? spanningDecades(values) : null },
    legend: [
      ...drawn.map((each) => legendLine(each.title, each.look)),
      ...planned.map(({ label = '' }): LegendEntry => ({ text: label, colour: PLANNED_COLOUR, point: LINE })),
    ],
  });
  return {
    fileName,
    title,
    place,
    notes: [],
    configuration: {
      type: 'line',
      data: { datasets: [...lines, ...planned] },
      options: {
        ...options,
        scales: { ...options.scales, x: { type: 'linear', bounds: 'data', ...options.scales.x } },
      },
    },
  };
}

const LINE = { pointStyle: 'line' as const };

function plannedLine(run: Run, drawn: readonly Drawn[]): ChartDataset<'line', Point[]>[] {
  const data = plannedRates(
    run.scenario,
    drawn.map(({ shown }) => shown),
  );
  if (data === null) return [];
  const style = { borderColor: PLANNED_COLOUR, backgroundColor: PLANNED_COLOUR, borderDash: [3, 5], borderWidth: 2 };
  return [{ label: 'as planned', data, ...style, pointStyle: 'line', pointRadius: 0, order: 1 }];
}
