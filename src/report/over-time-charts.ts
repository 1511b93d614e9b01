import type { ChartDataset, Point } from 'chart.js';
import type { GatewaySummary, LevelSummary } from '../analysis/summary.js';
import { formatVus } from '../lib/format.js';
import type { Sample, TreeSample } from '../model/resources.js';
import type { Machine } from '../model/run.js';
import type { Chart } from './chart.js';
import { chartOptions, gatewayColour, lineStyle, mix } from './chart-style.js';
import { formatMachineClass } from './format-machine.js';

interface Measure {
  name: string;
  title: string;
  y: string;
  readingOf(sample: TreeSample): number | null;
}

const MEASURES: Measure[] = [
  { name: 'cpu', title: 'CPU over time', y: 'CPU (%, 100 % is one core)', readingOf: ({ cpuPercent }) => cpuPercent },
  {
    name: 'memory',
    title: 'Memory over time',
    y: 'RSS of the process tree (MiB)',
    readingOf: ({ rssBytes }) => (rssBytes === null ? null : rssBytes / 2 ** 20),
  },
];

/** A marker on every so many samples: enough to tell lines apart, few enough to see them. */
const MARKER_EVERY = 8;

/**
 * A gateway's CPU and memory over time, a line a VU level, of the repeat that the tables show. Cells that crashed or
 * are not to be trusted are drawn as far as they were sampled, and named so in the legend.
 */
export function chartsOverTime(
  summary: GatewaySummary,
  machine: Machine,
  samplesByCell: ReadonlyMap<string, readonly Sample[]>,
): Chart[] {
  return MEASURES.flatMap((measure) => {
    const datasets = summary.levels.flatMap((level, index) => {
      const samples = level.shown === null ? [] : (samplesByCell.get(level.shown.cell.id) ?? []);
      const data = pointsOf(samples, measure);
      return data.length === 0 ? [] : [lineOf(summary, level, index, data)];
    });
    if (datasets.length === 0) return [];
    const title = `${measure.title}: ${summary.title}`;
    return [
      {
        // The label's colon is not a character for file names everywhere.
        fileName: `${measure.name}-over-time-${summary.label.replace(':', '.')}.png`,
        title,
        place: 'resources' as const,
        configuration: {
          type: 'line' as const,
          data: { datasets: [...datasets, ...windowEdges(summary, datasets)] },
          options: options(title, machine, measure),
        },
      },
    ];
  });
}

function options(title: string, machine: Machine, measure: Measure) {
  const shared = chartOptions({
    title,
    subtitle: [formatMachineClass(machine)],
    x: 'seconds since the window began',
    y: { title: measure.y, logarithmic: null },
  });
  return { ...shared, scales: { ...shared.scales, x: { type: 'linear' as const, ...shared.scales.x } } };
}

/** A sample without a reading is a gap in the line. */
function pointsOf(samples: readonly Sample[], { readingOf }: Measure): Point[] {
  const points = samples.map(({ atS, gateway }) => ({
    x: atS,
    y: gateway === null ? null : readingOf(gateway),
  }));
  return points.some(({ y }) => y !== null) ? points : [];
}

function lineOf(
  summary: GatewaySummary,
  { vus, shown }: LevelSummary,
  index: number,
  data: Point[],
): ChartDataset<'line', Point[]> {
  const kind = shown?.outcome.kind ?? 'ok';
  // Few VUs are pale, many are the gateway's full colour.
  const paleness = summary.levels.length < 2 ? 0 : 0.45 * (1 - index / (summary.levels.length - 1));
  return {
    label: `${formatVus(vus)}${kind === 'ok' ? '' : ` (${kind})`}`,
    data,
    ...lineStyle(mix(gatewayColour(summary), '#ffffff', paleness), index),
    borderWidth: 2,
    pointRadius: data.map((_, at) => (at % MARKER_EVERY === (2 * index) % MARKER_EVERY ? 5 : 0)),
    spanGaps: false,
  };
}

/** Two upright lines: what lies between them is what the tables are about. */
function windowEdges(
  { levels }: GatewaySummary,
  datasets: readonly ChartDataset<'line', Point[]>[],
): ChartDataset<'line', Point[]>[] {
  const measuredS = Math.max(0, ...levels.map(({ shown }) => shown?.window?.durationS ?? 0));
  const top = Math.max(0, ...datasets.flatMap(({ data }) => data.flatMap(({ y }) => y ?? [])));
  if (measuredS === 0 || top === 0) return [];
  const edge = (x: number): Point[] => [
    { x, y: 0 },
    { x, y: top },
  ];
  return [
    {
      label: 'begin and end of the window',
      data: [...edge(0), { x: 0, y: null }, ...edge(measuredS)],
      borderColor: '#888888',
      backgroundColor: '#888888',
      borderDash: [2, 4],
      borderWidth: 1.5,
      pointStyle: 'line',
      pointRadius: 0,
      spanGaps: false,
    },
  ];
}
