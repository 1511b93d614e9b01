import type { ChartDataset, Point } from 'chart.js';
import type { LevelSummary } from '../analysis/summary.js';
import { formatLevel, formatSuperscript } from '../lib/format.js';
import type { CellRecord } from '../model/record.js';
import type { Sample, TreeSample } from '../model/resources.js';
import type { Machine } from '../model/run.js';
import type { Chart } from './chart.js';
import { type CellNotes, cellNotes } from './chart-notes.js';
import { chartOptions, type LegendEntry, legendLine, lineStyle } from './chart-options.js';
import { type DrawnGateway, lineShape, mix } from './chart-style.js';
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

/** A point on every so many samples at most: enough to tell lines apart, few enough to see them. */
const POINT_EVERY = 8;
/** On a line of few samples they are closer, for so many points at least. */
const MIN_POINTS = 4;
const POINT_RADIUS = 5;
const CRASH_RADIUS = 8;
/** Of the fewest VUs: how much of the gateway's colour is white. */
const MAX_PALENESS = 0.4;

const EDGE_COLOUR = '#888888';

interface LevelLine {
  dataset: ChartDataset<'line', Point[]>;
  legend: LegendEntry;
}

/**
 * A gateway's CPU and memory over time, a line a VU level, of the repeat that the tables show. A crash is marked where it
 * happened; a cell that is not to be trusted has hollow points.
 */
export function chartsOverTime(
  drawn: DrawnGateway,
  machine: Machine,
  samplesByCell: ReadonlyMap<string, readonly Sample[]>,
): Chart[] {
  const { summary } = drawn;
  const notes = cellNotes([drawn]);
  return MEASURES.flatMap((measure) => {
    const lines = summary.levels.flatMap((level, index) => {
      const samples = level.shown === null ? [] : (samplesByCell.get(level.shown.cell.id) ?? []);
      const data = pointsOf(samples, measure);
      return data.length === 0 ? [] : [lineOf(drawn, level, index, data, notes)];
    });
    if (lines.length === 0) return [];
    const edges = windowEdges(summary.levels, lines);
    const title = `${measure.title}: ${summary.title}`;
    return [
      {
        // The label's colon is not a character for file names everywhere.
        fileName: `${measure.name}-over-time-${summary.label.replace(':', '.')}.png`,
        title,
        place: 'resources' as const,
        notes: notes.notes,
        configuration: {
          type: 'line' as const,
          data: { datasets: [...lines, ...edges].map(({ dataset }) => dataset) },
          options: options(title, machine, measure, [...lines, ...edges]),
        },
      },
    ];
  });
}

function options(title: string, machine: Machine, measure: Measure, lines: readonly LevelLine[]) {
  const shared = chartOptions({
    title,
    subtitle: [formatMachineClass(machine)],
    x: 'seconds since the window began',
    y: { title: measure.y, logarithmic: null },
    legend: lines.map(({ legend }) => legend),
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
  { summary, look }: DrawnGateway,
  { vus, model, shown }: LevelSummary,
  index: number,
  data: Point[],
  { numbersOf }: CellNotes,
): LevelLine {
  const kind = shown?.outcome.kind ?? 'ok';
  const marks = numbersOf(summary, vus)
    .map(({ number }) => ` ${formatSuperscript(number)}`)
    .join('');
  const label = `${formatLevel(vus, model)}${kind === 'ok' ? marks : ` (${kind}${marks})`}`;
  // Few VUs are pale, many are the gateway's full colour.
  const paleness = summary.levels.length < 2 ? 0 : MAX_PALENESS * (1 - index / (summary.levels.length - 1));
  const colour = mix(look.colour, '#ffffff', paleness);
  const shape = lineShape(index);
  const crash = shown === null ? [] : crashPoint(shown, data);
  const every = Math.max(1, Math.min(POINT_EVERY, Math.floor(data.length / MIN_POINTS)));
  const isPoint = (at: number) => at % every === (2 * index) % every;
  return {
    dataset: {
      label,
      data: [...data, ...crash],
      ...lineStyle(colour, shape),
      borderWidth: 2,
      pointStyle: [...data.map(() => shape.point.style), ...crash.map(() => 'crossRot' as const)],
      pointRotation: [...data.map(() => shape.point.rotation), ...crash.map(() => 0)],
      pointRadius: [...data.map((_, at) => (isPoint(at) ? POINT_RADIUS : 0)), ...crash.map(() => CRASH_RADIUS)],
      pointBorderWidth: [...data.map(() => (kind === 'invalid' ? 2 : 1)), ...crash.map(() => 3)],
      pointBackgroundColor: kind === 'invalid' ? '#ffffff' : colour,
      clip: CRASH_RADIUS + 2,
      spanGaps: false,
    },
    legend: {
      ...legendLine(label, { colour, point: shape.point }),
      ...(kind === 'invalid' ? { fill: '#ffffff' } : {}),
    },
  };
}

/** When its process ended, at the height of the last reading before. */
function crashPoint({ outcome, window }: CellRecord, data: readonly Point[]): Point[] {
  const last = data.findLast(({ y }) => y !== null);
  if (outcome.kind !== 'crashed' || last === undefined) return [];
  const startsS = { warmup: -(window?.warmupS ?? 0), window: 0, recovery: window?.measuredS ?? 0 }[outcome.phase];
  // Without a window, the phase's start isn't known.
  return [{ x: window === null && outcome.phase !== 'window' ? last.x : startsS + outcome.atS, y: last.y }];
}

/** Two upright lines: what lies between them is what the tables are about. */
function windowEdges(levels: readonly LevelSummary[], lines: readonly LevelLine[]): LevelLine[] {
  const measuredS = Math.max(0, ...levels.map(({ shown }) => shown?.window?.durationS ?? 0));
  const top = Math.max(0, ...lines.flatMap(({ dataset }) => dataset.data.flatMap(({ y }) => y ?? [])));
  if (measuredS === 0 || top === 0) return [];
  const edge = (x: number): Point[] => [
    { x, y: 0 },
    { x, y: top },
  ];
  const label = 'begin and end of the window';
  return [
    {
      dataset: {
        label,
        data: [...edge(0), { x: 0, y: null }, ...edge(measuredS)],
        borderColor: EDGE_COLOUR,
        backgroundColor: EDGE_COLOUR,
        borderDash: [2, 4],
        borderWidth: 1.5,
        pointStyle: 'line',
        pointRadius: 0,
        spanGaps: false,
      },
      legend: { text: label, colour: EDGE_COLOUR, point: { pointStyle: 'line' } },
    },
  ];
}
