import type { Soak } from '../analysis/soak/soak.js';
import type { SoakTrend } from '../analysis/soak/trend.js';
import { THRESHOLDS } from '../analysis/thresholds.js';
import { formatDuration } from '../lib/duration.js';
import { ABSENT, formatCount, formatDecimal, formatSignificant, tabulateMilliseconds } from '../lib/format.js';
import { columns, type Section } from './section.js';

/** What long windows did to gateways, and to the harness; empty without a window that is long enough. */
export function soakSections(soaks: readonly Soak[]): Section[] {
  if (soaks.length === 0) return [];
  return [gatewaysSection(soaks), harnessSection(soaks)];
}

function gatewaysSection(soaks: readonly Soak[]): Section {
  const rows = soaks.map(({ title, load, windowS, memoryMib, descriptors, threads, p50Us, p99Us, verdict }) => [
    title,
    load,
    formatDuration(windowS),
    fromTo(memoryMib, mebibytes),
    slope(memoryMib, mebibytes),
    memoryMib?.shape ?? ABSENT,
    verdict ?? ABSENT,
    count(descriptors),
    count(threads),
    fromTo(p50Us, tabulateMilliseconds),
    drift(p99Us),
  ]);
  const correlated = soaks.flatMap(({ memoryMib }) => memoryMib?.late.autocorrelation ?? []);
  const most = Math.max(1, ...correlated);
  return {
    title: 'Soak',
    lead: [
      `What windows of ${formatDuration(THRESHOLDS.soak.minWindowS)} or more did to gateways. Memory: RSS of the whole process tree in MiB, medians of the first and the last tenth of the window. ` +
        'MiB/h: the slope over its second half, when what a program sets up once is set up, by Theil and Sen, with the 95 % interval of Kendall’s test' +
        `${most > 1.05 ? `, widened for what hangs together over time (up to ${formatSignificant(Math.sqrt(most), 2)} fold)` : ''}.`,
      'Climbing: that interval is above 0, and memory rose by more than 1 MiB and 1 % there. A plateau may climb by less than the figure that is given, in what time no window has seen; and what climbs for an hour may end at a limit. ' +
        'Descriptors and threads: first tenth, last tenth. p50 in ms likewise; p99: its drift in ms an hour.',
    ],
    table: {
      columns: columns(
        [
          'Gateway',
          'Load',
          'Window',
          'Memory',
          'MiB/h',
          'Shape',
          'Verdict',
          'Descriptors',
          'Threads',
          'p50',
          'p99 an hour',
        ],
        1,
      ),
      rows,
    },
    notes: [],
  };
}

function harnessSection(soaks: readonly Soak[]): Section {
  const rows = soaks.map(({ title, load, harness: { mock, engine } }) => [
    title,
    load,
    fromTo(engine, mebibytes),
    slope(engine, mebibytes),
    fromTo(mock, mebibytes),
    slope(mock, mebibytes),
  ]);
  return {
    title: 'The harness in the same windows',
    lead: [
      'RSS of load engine and mock upstream, in MiB, and its slope over the second half. Their memory is no part of a gateway’s.',
    ],
    table: { columns: columns(['Beside', 'Load', 'Engine', 'MiB/h', 'Mock', 'MiB/h'], 1), rows },
    notes: [],
  };
}

function fromTo(trend: SoakTrend | null, format: (value: number) => string): string {
  return trend === null ? ABSENT : `${format(trend.first)} → ${format(trend.last)}`;
}

function slope(trend: SoakTrend | null, format: (value: number) => string): string {
  if (trend === null) return ABSENT;
  const { slope: perHour, low, high } = trend.late;
  return `${signed(perHour, format)} [${signed(low, format)}, ${signed(high, format)}]`;
}

/** A count that rises is what matters; noise of one or two isn't. */
function count(trend: SoakTrend | null): string {
  if (trend === null) return ABSENT;
  const rise = trend.shape === 'climbing' ? `, climbing: ${slope(trend, formatCount)} an hour` : '';
  return `${fromTo(trend, formatCount)}${rise}`;
}

function drift(trend: SoakTrend | null): string {
  return slope(trend, (us) => formatDecimal(us / 1000, 2));
}

function signed(value: number, format: (value: number) => string): string {
  return value > 0 ? `+${format(value)}` : format(value);
}

function mebibytes(value: number): string {
  return formatDecimal(value, Math.abs(value) < 100 ? 1 : 0);
}
