import { ABSENT, formatCount, formatMilliseconds } from '../../lib/format.js';
import { formatDoing, formatFailed, formatLeft } from '../format-run.js';
import type { CurrentCell, LoadSeries, RunProgress } from '../run-view.js';
import { bars, largestOf, meanOf, resample } from './bars.js';
import { type Glyphs, MARK_STYLES } from './glyphs.js';
import { cropped, type Line, padded, span, spread, widthOf } from './spans.js';

export interface CurrentOptions {
  columns: number;
  /** Lines of each of the two charts. */
  chartRows: number;
  glyphs: Glyphs;
}

/** How many lines {@link currentLines} makes, so that nothing moves when a cell begins. */
export function currentHeight(chartRows: number): number {
  return 1 + 2 * chartRows + gapBetween(chartRows).length;
}

/** Between the charts, where they are high enough to be taken for one. */
function gapBetween(chartRows: number): Line[] {
  return chartRows > 1 ? [[]] : [];
}

/** The cell that is measured: what it is doing, its rate and its p99 over time. */
export function currentLines(current: CurrentCell, progress: RunProgress, options: CurrentOptions): Line[] {
  return [
    titleLine(current, progress, options),
    ...rateLines(current, options),
    ...gapBetween(options.chartRows),
    ...p99Lines(current, options),
  ];
}

function titleLine(current: CurrentCell, { cellLeftS, total }: RunProgress, { columns, glyphs }: CurrentOptions): Line {
  const { name, index, result } = current;
  const kind = result === null ? 'running' : result.kind;
  const style = MARK_STYLES[kind];
  const failed = formatFailed(current);
  const left: Line = [
    span(`${glyphs.marks[kind]} `, style),
    span(name, 'bold'),
    span(`  ${formatDoing(current)}`, result === null || result.kind === 'ok' ? 'plain' : style),
    ...(failed === '' ? [] : [span(`, ${failed}`, 'bad')]),
  ];
  const place = span(`cell ${index} of ${total}`, 'dim');
  const time = span(cellLeftS === null ? '' : `${formatLeft(cellLeftS)} left in it`);
  const rights: Line[] = [[place, span(time.text === '' ? '' : glyphs.separator, 'dim'), time], [time]];
  const right = rights.find((each) => widthOf(left) + 2 + widthOf(each) <= columns) ?? [];
  return right.length === 0 ? cropped(left, columns) : spread(left, right, columns);
}

function rateLines({ load, series, result }: CurrentCell, options: CurrentOptions): Line[] {
  const now = result === null ? (load?.ratePerSec ?? null) : result.ratePerSec;
  return chartLines('rate', series, options, {
    values: series.ratesPerSec,
    merge: meanOf,
    now: now === null ? null : `${formatCount(now)} req/s`,
    format: (value) => formatCount(value),
  });
}

function p99Lines({ load, series, result }: CurrentCell, options: CurrentOptions): Line[] {
  const now = result === null ? (load?.p99Us ?? null) : result.p99Us;
  return chartLines('p99', series, options, {
    values: series.p99sUs,
    merge: largestOf,
    now: now === null ? null : formatMilliseconds(now),
    format: formatMilliseconds,
  });
}

interface Chart {
  values: readonly (number | null)[];
  /** The value of several seconds that share a column. */
  merge: (values: number[]) => number;
  /** The newest value; null where there is none. */
  now: string | null;
  format: (value: number) => string;
}

/** `  rate  14,921 req/s  `. */
const LABEL_COLUMNS = 8;
const VALUE_COLUMNS = 14;
/** With fewer columns, a chart shows nothing. */
const MIN_CHART_COLUMNS = 10;

function chartLines(
  label: string,
  series: LoadSeries,
  { columns, chartRows, glyphs }: CurrentOptions,
  { values, merge, now, format }: Chart,
): Line[] {
  const isSilent = series.silent !== null && values.length === 0;
  const heads: Line[] = [
    [
      ...padded([span(`  ${label}`, 'dim')], LABEL_COLUMNS),
      ...padded([span(now ?? (isSilent ? 'n/a' : ABSENT), 'bold')], VALUE_COLUMNS),
    ],
    ...(values.some((value) => value !== null)
      ? [
          [
            ...padded([span('  most', 'dim')], LABEL_COLUMNS),
            span(format(largestOf(values.map((value) => value ?? 0))), 'dim'),
          ],
        ]
      : []),
  ];
  const headColumns = LABEL_COLUMNS + VALUE_COLUMNS;
  const { warmupS, durationS, buckets } = series;
  const edgeColumns = warmupS > 0 ? 1 : 0;
  const chartColumns = columns - headColumns - edgeColumns;
  const drawn = chartColumns >= MIN_CHART_COLUMNS && !isSilent;
  const edge = edgeColumns === 0 ? 0 : Math.round((chartColumns * warmupS) / (warmupS + durationS));
  const charts = drawn
    ? bars(resample(values, buckets, chartColumns, merge), {
        height: chartRows,
        glyphs,
        edge,
        // The window counts.
        styleOf: (column) => (column < edge ? 'dim' : 'now'),
      })
    : [[span(series.silent ?? '', 'dim')]];
  return Array.from({ length: chartRows }, (_, row) =>
    cropped([...padded(heads[row] ?? [], headColumns), ...(charts[row] ?? [])], columns),
  );
}
