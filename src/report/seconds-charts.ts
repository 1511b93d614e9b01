import type { ChartDataset, Point } from 'chart.js';
import { type TimedSecond, timedSeconds } from '../analysis/timed-seconds.js';
import { formatLevel, formatSuperscript } from '../lib/format.js';
import { cellLevel } from '../model/load-level.js';
import type { CellRecord } from '../model/record.js';
import type { Run } from '../model/run.js';
import { changesWithinWindow, plannedRates } from './changes-within-window.js';
import type { Chart } from './chart.js';
import { cellNotes } from './chart-notes.js';
import { chartOptions, type LegendEntry, legendLine, lineStyle, spanningDecades } from './chart-options.js';
import type { DrawnGateway } from './chart-style.js';
import { formatMachineClass } from './format-machine.js';

const PLANNED_COLOUR = '#999999';
const POINTS = 12;
const POINT_RADIUS = 5;

interface Measure {
  fileName: string;
  title: string;
  place: Chart['place'];
  y: string;
  readingOf(second: TimedSecond): number | null;
}

const RATE: Measure = {
  fileName: 'rate-over-time.png',
  title: 'Successful requests over time',
  place: 'throughput',
  y: 'successful requests per second',
  readingOf: ({ ok }) => ok,
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
  const { notes, numbersOf } = cellNotes(gateways);
  const drawn = gateways.flatMap(({ summary, look }): Drawn[] => {
    const level = summary.levels.at(-1);
    if (level?.shown == null || timedSeconds(level.shown).length === 0) return [];
    const marks = numbersOf(summary, level.vus).map(({ number }) => ` ${formatSuperscript(number)}`);
    return [{ title: `${summary.title}${marks.join('')}`, look, shown: level.shown }];
  });
  if (drawn.length === 0) return [];
  return [RATE, P99].map((measure) => ({ ...secondsChart(measure, run, drawn), notes }));
}

interface Drawn extends Pick<DrawnGateway, 'look'> {
  /** With the numbers of its notes. */
  title: string;
  shown: CellRecord;
}

function secondsChart(
  { fileName, title, place, y, readingOf }: Measure,
  run: Run,
  drawn: readonly Drawn[],
): Omit<Chart, 'notes'> {
  const lines = drawn.map((each, index): ChartDataset<'line', Point[]> => {
    const data = timedSeconds(each.shown).map((second) => ({ x: second.atS, y: readingOf(second) }));
    const { colour } = each.look;
    const isInvalid = each.shown.outcome.kind === 'invalid';
    const every = Math.max(4, Math.ceil(data.length / POINTS));
    return {
      label: each.title,
      // Chart.js takes no null among points, but a point without a height.
      data: data as Point[],
      ...lineStyle(colour, each.look),
      // What can't be trusted is thin, with hollow points.
      borderWidth: isInvalid ? 1 : 2,
      pointBackgroundColor: isInvalid ? '#ffffff' : colour,
      pointBorderWidth: isInvalid ? 2 : 1,
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
    subtitle: [[formatMachineClass(run.machine), ...levelOf(run, drawn)].join(', ')],
    x: 'seconds since the window began',
    y: { title: y, logarithmic: place === 'latency' ? spanningDecades(values) : null },
    legend: [
      ...drawn.map(({ title: text, look, shown }) => ({
        ...legendLine(text, look),
        ...(shown.outcome.kind === 'invalid' ? { fill: '#ffffff' } : {}),
      })),
      ...planned.map(({ label = '' }): LegendEntry => ({ text: label, colour: PLANNED_COLOUR, point: LINE })),
    ],
  });
  return {
    fileName,
    title,
    place,
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

/** `at 50 VUs`; of stages the chart itself says it. */
function levelOf({ scenario: { load } }: Run, [first]: readonly Drawn[]): string[] {
  return load.stages !== undefined || first === undefined
    ? []
    : [`at ${formatLevel(cellLevel(first.shown.cell), load.model)}`];
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
