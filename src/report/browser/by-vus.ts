import { formatDecimal, formatLevel, formatRate, formatSignificant, tabulateMilliseconds } from '../../lib/format.js';
import type { Figure, PageCell, PageData, PageGateway } from '../page/page-data.js';
import { type Line, type Picture, type Point, valuesOf } from './picture.js';
import { formatPlain, plainMilliseconds, type Scale, yScale } from './scales.js';

/** A gateway that isn't ticked off. */
export interface ShownGateway extends PageGateway {
  /** Its colour, on the page as it is now. */
  ink: string;
}

/** What a chart by VUs shows of a cell. */
export interface Measure {
  /** Of the y axis. */
  label: string;
  /** Null where the cell has none. */
  figureOf(cell: PageCell): Figure | null;
  format(value: number): string;
  /** Of the axis' labels. */
  tick(value: number): string;
  /** Linear axes begin at 0 unless this says no: then they show differences, not sizes. */
  fromZero: boolean;
  log: boolean;
  /** Without a gateway there is none. */
  withDirect: boolean;
}

/** A line a gateway over the VU levels. @param ideal whether to draw what the upstream alone allows */
export function byVus(data: PageData, shown: readonly ShownGateway[], measure: Measure, ideal = false): Picture | null {
  const lines = shown
    .filter(({ direct }) => measure.withDirect || !direct)
    .map((gateway) => lineOf(data, gateway, measure))
    .filter(({ points }) => points.length > 0);
  if (lines.every(({ points }) => points.every(({ y }) => y === null))) return null;
  const reference = ideal ? idealOf(data) : null;
  const values = valuesOf(lines, reference);
  const { log, fromZero, label, tick } = measure;
  const isLog = log && values.some((value) => value > 0);
  return {
    x: levelScale(data, log),
    y: yScale(label, values, { log: isLog, fromZero, format: tick }),
    lines,
    reference,
    phases: [],
    heading: (x) => formatLevel(formatDecimal(x, 0), data.model),
  };
}

function lineOf({ gateways, cells }: PageData, gateway: ShownGateway, measure: Measure): Line {
  const own = cells.filter((cell) => gateways[cell.gateway]?.label === gateway.label);
  return { ...styleOf(gateway), points: own.flatMap((cell) => pointOf(cell, measure) ?? []) };
}

/** A gateway's line, without points. */
export function styleOf({ title, dash, mark, ink }: ShownGateway): Omit<Line, 'points'> {
  return { title, dash, shape: mark, colour: ink };
}

function pointOf(cell: PageCell, measure: Measure): Point | null {
  const { state, vus, remarks } = cell;
  if (state === 'skipped' || state === 'missing') return null;
  const figure = measure.figureOf(cell);
  const isBroken = state === 'crashed' || state === 'failed';
  if (figure === null && !isBroken) return null;
  const [value, low, high] = figure ?? [];
  return {
    x: vus,
    y: value ?? null,
    low: low ?? null,
    high: high ?? null,
    sure: state === 'ok',
    kind: isBroken ? 'broken' : 'point',
    text: figure === null ? state : `${formatFigure(figure, measure)}${state === 'ok' ? '' : `, ${state}`}`,
    remarks,
  };
}

/** `2,447 [2,420–2,474]`. */
function formatFigure([value, low, high]: Figure, { format }: Measure): string {
  return low === undefined || high === undefined ? format(value) : `${format(value)} [${format(low)}–${format(high)}]`;
}

/** VUs over the upstream's latency. */
function idealOf({ vus, upstreamLatencyS }: PageData): Picture['reference'] {
  if (upstreamLatencyS === null) return null;
  return {
    title: 'what the upstream’s latency alone allows',
    points: vus.map((x) => ({ x, y: x / upstreamLatencyS })),
  };
}

/** A tick at each level that was measured, and room for the marks at both ends. */
function levelScale({ vus, model }: PageData, log: boolean): Scale {
  const title = model === 'open' ? 'planned requests per second' : 'VUs';
  const [first, last] = [vus[0] ?? 1, vus.at(-1) ?? 1];
  const margin = last === first ? 1.5 : (last / first) ** 0.05;
  return {
    label: log ? `${title}, logarithmic` : title,
    log,
    range: log ? [first / margin, last * margin] : [first === last ? 0 : Math.min(0, first), last * 1.05],
    ticks: vus,
    format: (value) => formatDecimal(value, 0),
  };
}

export function rateMeasure(log: boolean): Measure {
  return {
    label: 'requests per second',
    figureOf: ({ figures }) => figures.rate ?? null,
    format: formatRate,
    tick: formatPlain,
    fromZero: true,
    log,
    withDirect: true,
  };
}

/** @param valueUs a cell's latency at the percentile; null without one */
export function latencyMeasure(percentile: number, valueUs: (cell: PageCell) => number | null, log: boolean): Measure {
  const name = percentile === 50 ? 'p50' : percentile === 95 ? 'p95' : percentile === 99 ? 'p99' : null;
  return {
    label: `${formatPercentile(percentile)} (ms)`,
    figureOf(cell) {
      const value = valueUs(cell);
      const figure = name === null ? undefined : cell.figures[name];
      return figure ?? (value === null ? null : [value]);
    },
    format: tabulateMilliseconds,
    tick: plainMilliseconds,
    fromZero: false,
    log,
    withDirect: true,
  };
}

/** `p99.9`; the ends of a distribution have names. */
export function formatPercentile(percentile: number): string {
  if (percentile === 0) return 'least';
  return percentile === 100 ? 'largest' : `p${percentile}`;
}

export function overheadMeasure(percentile: 'p50' | 'p99'): Measure {
  const name = percentile === 'p50' ? 'overheadP50' : 'overheadP99';
  return {
    label: `added ${percentile} (ms)`,
    figureOf: ({ figures }) => figures[name] ?? null,
    format: (us) => `${us > 0 ? '+' : ''}${tabulateMilliseconds(us)}`,
    tick: (us) => `${us > 0 ? '+' : ''}${plainMilliseconds(us)}`,
    fromZero: true,
    log: false,
    withDirect: false,
  };
}

export const CPU_PER_REQUEST: Measure = {
  label: 'CPU per request (µs)',
  figureOf: ({ figures }) => figures.cpuUsPerRequest ?? null,
  format: (us) => (us >= 1000 ? formatDecimal(us, 0) : formatSignificant(us, 3)),
  tick: formatPlain,
  fromZero: true,
  log: true,
  withDirect: false,
};

export function memoryMeasure(name: 'rss' | 'pss'): Measure {
  const mebibytes = (bytes: number) => bytes / 2 ** 20;
  return {
    label: `largest ${name.toUpperCase()} (MiB)`,
    figureOf({ figures }) {
      const figure = figures[name];
      if (figure === undefined) return null;
      const [estimate, low, high] = figure;
      if (low === undefined || high === undefined) return [mebibytes(estimate)];
      return [mebibytes(estimate), mebibytes(low), mebibytes(high)];
    },
    format: (mib) => formatDecimal(mib, mib < 10 ? 1 : 0),
    tick: formatPlain,
    fromZero: true,
    log: false,
    withDirect: false,
  };
}
