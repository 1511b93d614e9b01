import { samplesNeeded } from '../../analysis/percentile-samples.js';
import { formatDecimal, formatLevel, formatRate, tabulateMilliseconds } from '../../lib/format.js';
import type { PageCell, PageData, Course as Samples, Seconds } from '../page/page-data.js';
import { nines, PERCENTILES } from '../page/percentiles.js';
import { formatPercentile, type ShownGateway, styleOf } from './by-vus.js';
import { type Line, type Phase, type Picture, type Point, valuesOf } from './picture.js';
import { formatPlain, plainMilliseconds, yScale } from './scales.js';

/** Unpacks a cell's percentiles, one for each of `PERCENTILES`. */
export function unpackLatency(latency: readonly number[]): number[] {
  let valueUs = 0;
  return latency.map((difference) => {
    valueUs += difference;
    return valueUs;
  });
}

interface OfLevel {
  gateway: ShownGateway;
  cell: PageCell;
}

function cellsAt(data: PageData, shown: readonly ShownGateway[], vus: number): OfLevel[] {
  return shown.flatMap((gateway) => {
    const cell = data.cells.find((each) => data.gateways[each.gateway]?.label === gateway.label && each.vus === vus);
    return cell === undefined ? [] : [{ gateway, cell }];
  });
}

/** Where labels are on an axis of nines. */
const TICKS = [0, 50, 90, 99, 99.9, 99.99, 99.999];

/** The distribution of latency on a percentile axis, as HdrHistogram's plotter has it: each nine is as long. */
export function distribution(
  data: PageData,
  shown: readonly ShownGateway[],
  vus: number,
  log: boolean,
): Picture | null {
  const lines = cellsAt(data, shown, vus).flatMap(({ gateway, cell }) => {
    const points = distributionPoints(cell);
    return points.length === 0 ? [] : [{ ...styleOf(gateway), shape: null, points }];
  });
  if (lines.length === 0) return null;
  const last = Math.max(...lines.flatMap(({ points }) => points.map(({ x }) => x)));
  return {
    x: {
      label: 'percentile of successful requests',
      log: false,
      range: [0, last * 1.02],
      ticks: TICKS.map(nines).filter((tick) => tick <= last),
      format: (place) => `${percentileAt(place)} %`,
    },
    y: yScale('latency (ms)', valuesOf(lines), { log, fromZero: false, format: plainMilliseconds }),
    lines,
    reference: null,
    phases: [],
    heading: (place) => `${formatPercentile(percentileAt(place))} at ${formatLevel(formatDecimal(vus, 0), data.model)}`,
  };
}

/** Up to the percentile that one request stands for: beyond it there is only the largest. */
function distributionPoints({ latency, requests, state, remarks }: PageCell): Point[] {
  if (latency === null) return [];
  return unpackLatency(latency).flatMap((valueUs, index) => {
    const percentile = PERCENTILES[index] ?? 100;
    const share = percentile / 100;
    if (percentile === 100 || (1 - share) * requests < 1) return [];
    const enough = percentile === 0 || requests >= samplesNeeded(share);
    const text = `${enough ? '' : '~'}${tabulateMilliseconds(valueUs)} ms${state === 'ok' ? '' : `, ${state}`}`;
    return [
      {
        x: nines(percentile),
        y: valueUs,
        low: null,
        high: null,
        sure: enough && state === 'ok',
        kind: 'unmarked',
        text,
        remarks: state === 'ok' ? [] : remarks,
      } satisfies Point,
    ];
  });
}

/** What a place on the axis stands for, as it is said. */
function percentileAt(place: number): number {
  return PERCENTILES.find((each) => each < 100 && Math.abs(nines(each) - place) < 1e-9) ?? 0;
}

/** What a chart over time shows of a cell. */
interface Course {
  atS: readonly number[];
  readings: readonly (number | null)[];
  /** Seconds at which its process ended; null if it didn't. */
  endedAtS: number | null;
}

interface CourseMeasure {
  label: string;
  /** Null where the cell has none. */
  courseOf(cell: PageCell): Course | null;
  format(value: number): string;
  /** Of the axis' labels. */
  tick(value: number): string;
  fromZero: boolean;
  log: boolean;
}

/** A measure of samples. */
function ofSamples(label: string, pick: (course: Samples) => Course['readings'], decimalsBelow: number): CourseMeasure {
  return {
    label,
    courseOf: ({ course }) =>
      course === null ? null : { atS: course.atS, readings: pick(course), endedAtS: course.endedAtS },
    format: (value) => formatDecimal(value, value < decimalsBelow ? 1 : 0),
    tick: formatPlain,
    fromZero: true,
    log: false,
  };
}

export const CPU = ofSamples('CPU (%, 100 is one core)', ({ cpuPercent }) => cpuPercent, 10);

export function memoryCourse(name: 'rss' | 'pss'): CourseMeasure {
  return ofSamples(`${name.toUpperCase()} (MiB)`, ({ rssMiB, pssMiB }) => (name === 'rss' ? rssMiB : pssMiB), 10);
}

/** The seconds of a cell's load with one of their readings. */
function ofSeconds(pick: (seconds: Seconds) => Course['readings']): CourseMeasure['courseOf'] {
  return ({ seconds }) => (seconds === null ? null : { atS: seconds.atS, readings: pick(seconds), endedAtS: null });
}

/** Successes of each second. */
export const RATE_COURSE: CourseMeasure = {
  label: 'requests per second',
  courseOf: ofSeconds(({ ratePerSec }) => ratePerSec),
  format: formatRate,
  tick: formatPlain,
  fromZero: true,
  log: false,
};

export function p99Course(log: boolean): CourseMeasure {
  return {
    label: 'p99 (ms)',
    courseOf: ofSeconds(({ p99Us }) => p99Us),
    format: tabulateMilliseconds,
    tick: plainMilliseconds,
    fromZero: false,
    log,
  };
}

/** A line a gateway over the seconds of its cell, with the phases marked. @param reference to compare with */
export function overTime(
  data: PageData,
  shown: readonly ShownGateway[],
  vus: number,
  measure: CourseMeasure,
  reference: Picture['reference'] = null,
): Picture | null {
  const lines = cellsAt(data, shown, vus).flatMap(({ gateway, cell }): Line[] => {
    const points = coursePoints(cell, measure);
    return points.some(({ y }) => y !== null) ? [{ ...styleOf(gateway), shape: null, points }] : [];
  });
  if (lines.length === 0) return null;
  const seconds = lines.flatMap(({ points }) => points.map(({ x }) => x));
  const { label, tick: format, fromZero, log } = measure;
  const [from, to] = [Math.min(...seconds), Math.max(...seconds) + 0.5];
  return {
    x: {
      label: 'seconds since the window began',
      log: false,
      range: [from, to],
      ticks: wholeSeconds(from, to),
      format: (value) => formatDecimal(value, 0),
    },
    // Above the lines there is room for the names of the phases.
    y: yScale(label, valuesOf(lines, reference), { log, fromZero, format, headroom: 0.16 }),
    lines,
    reference,
    phases: phasesOf(data),
    heading: (second) => `${formatDecimal(second, 0)} s, ${formatLevel(formatDecimal(vus, 0), data.model)}`,
  };
}

/** A round number of seconds apart, and never half a second, for up to a dozen labels. */
function wholeSeconds(from: number, to: number): number[] {
  const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];
  const step = steps.find((each) => (to - from) / each <= 12) ?? 7200;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, at) => (first + at) * step);
}

function coursePoints(cell: PageCell, measure: CourseMeasure): Point[] {
  const { state, remarks } = cell;
  const course = measure.courseOf(cell);
  if (course === null) return [];
  const bySecond = new Map(course.atS.map((second, at) => [second, course.readings[at] ?? null]));
  const points = [...bySecond].map(
    ([x, y]): Point => ({
      x,
      y,
      low: null,
      high: null,
      sure: state !== 'invalid',
      kind: 'unmarked',
      text: y === null ? '' : `${measure.format(y)}${state === 'ok' ? '' : `, ${state}`}`,
      remarks: [],
    }),
  );
  const last = points.findLast(({ y }) => y !== null);
  if (course.endedAtS === null || last === undefined) return points;
  return points.map((point) => (point === last ? { ...point, kind: 'broken', remarks } : point));
}

function phasesOf({ phases: { warmupS, windowS }, faults }: PageData): Phase[] {
  const far = 1e6;
  return [
    { title: 'idle', from: -far, to: -warmupS },
    { title: 'warm-up', from: -warmupS, to: 0 },
    ...faults,
    { title: 'after', from: windowS, to: far },
  ].filter(({ from, to }) => to > from);
}
