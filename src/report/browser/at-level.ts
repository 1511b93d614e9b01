import { samplesNeeded } from '../../analysis/percentile-samples.js';
import { formatDecimal, formatLevel, tabulateMilliseconds } from '../../lib/format.js';
import type { Course, PageCell, PageData } from '../page/page-data.js';
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

interface CourseMeasure {
  label: string;
  readingsOf(course: Course): (number | null)[];
  format(value: number): string;
}

export const CPU: CourseMeasure = {
  label: 'CPU (%, 100 is one core)',
  readingsOf: ({ cpuPercent }) => cpuPercent,
  format: (percent) => formatDecimal(percent, percent < 10 ? 1 : 0),
};

export function memoryCourse(name: 'rss' | 'pss'): CourseMeasure {
  return {
    label: `${name.toUpperCase()} (MiB)`,
    readingsOf: (course) => (name === 'rss' ? course.rssMiB : course.pssMiB),
    format: (mib) => formatDecimal(mib, mib < 10 ? 1 : 0),
  };
}

/** A line a gateway over the seconds of its cell, with the phases marked. */
export function overTime(
  data: PageData,
  shown: readonly ShownGateway[],
  vus: number,
  measure: CourseMeasure,
): Picture | null {
  const lines = cellsAt(data, shown, vus).flatMap(({ gateway, cell }): Line[] => {
    const points = coursePoints(cell, measure);
    return points.some(({ y }) => y !== null) ? [{ ...styleOf(gateway), shape: null, points }] : [];
  });
  if (lines.length === 0) return null;
  const seconds = lines.flatMap(({ points }) => points.map(({ x }) => x));
  return {
    x: {
      label: 'seconds since the window began',
      log: false,
      range: [Math.min(...seconds), Math.max(...seconds) + 0.5],
      format: (value) => formatDecimal(value, 0),
    },
    // Above the lines there is room for the names of the phases.
    y: yScale(measure.label, valuesOf(lines), { log: false, fromZero: true, format: formatPlain, headroom: 0.16 }),
    lines,
    reference: null,
    phases: phasesOf(data),
    heading: (second) => `${formatDecimal(second, 0)} s, ${formatLevel(formatDecimal(vus, 0), data.model)}`,
  };
}

function coursePoints({ course, state, remarks }: PageCell, measure: CourseMeasure): Point[] {
  if (course === null) return [];
  const readings = measure.readingsOf(course);
  const bySecond = new Map(course.atS.map((second, at) => [second, readings[at] ?? null]));
  const points = [...bySecond].map(
    ([x, y]): Point => ({
      x,
      y,
      low: null,
      high: null,
      sure: true,
      kind: 'unmarked',
      text: y === null ? '' : `${measure.format(y)}${state === 'ok' ? '' : `, ${state}`}`,
      remarks: [],
    }),
  );
  const last = points.findLast(({ y }) => y !== null);
  if (course.endedAtS === null || last === undefined) return points;
  return points.map((point) => (point === last ? { ...point, kind: 'broken', remarks } : point));
}

function phasesOf({ phases: { warmupS, windowS } }: PageData): Phase[] {
  const far = 1e6;
  return [
    { title: 'idle', from: -far, to: -warmupS },
    { title: 'warm-up', from: -warmupS, to: 0 },
    { title: 'after', from: windowS, to: far },
  ].filter(({ from, to }) => to > from);
}
