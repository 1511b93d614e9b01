import { percentileOf } from '../../../common/nearest-rank.js';
import { type Point, type Slope, theilSen } from '../statistics/theil-sen.js';
import { THRESHOLDS } from '../thresholds.js';

/** How a series goes in the second half of a window, when whatever a program sets up once is set up. */
export type SoakShape = 'plateau' | 'climbing' | 'falling' | 'oscillating';

/** A series over a long window. Slopes are per hour. */
export interface SoakTrend {
  /** Medians of the first tenth and the last. */
  first: number;
  last: number;
  largest: number;
  /** Of the whole window. */
  whole: Slope;
  /** Of its second half: the verdict's. */
  late: Slope;
  shape: SoakShape;
}

/** What of a rise is worth a word. */
export interface LeastRise {
  /** In units of the series, over the second half. */
  units: number;
  /** Of its level there. */
  share: number;
}

/**
 * The trend of a series, by Theil and Sen. It climbs where the interval of the second half's slope is above 0 and it rose by more than
 * the least that counts; it falls the other way round. Else it is steady, or oscillates where it swings by much of its level around no trend.
 * @param points x in seconds, ascending
 * @returns null for too few points
 */
export function soakTrend(points: readonly Point[], least: LeastRise): SoakTrend | null {
  const blocks = blockMedians(points, THRESHOLDS.soak.blocks);
  const half = blocks.slice(Math.floor(blocks.length / 2));
  const [whole, late] = [perHour(theilSen(blocks)), perHour(theilSen(half))];
  const [from, to] = [half[0], half.at(-1)];
  if (whole === null || late === null || from === undefined || to === undefined) return null;
  const level = median(half.map(({ y }) => y));
  const riseNeeded = Math.max(least.units, least.share * level);
  const rise = (late.slope * (to.x - from.x)) / 3600;
  const values = points.map(({ y }) => y);
  return {
    first: median(values.slice(0, Math.ceil(values.length / 10))),
    last: median(values.slice(-Math.ceil(values.length / 10))),
    largest: values.reduce((largest, value) => Math.max(largest, value), 0),
    whole,
    late,
    shape: shapeOf(
      late,
      rise,
      riseNeeded,
      swing(
        points.filter(({ x }) => x >= from.x),
        late,
      ),
      level,
    ),
  };
}

function shapeOf(late: Slope, rise: number, needed: number, swings: number, level: number): SoakShape {
  if (late.low > 0 && rise >= needed) return 'climbing';
  if (late.high < 0 && -rise >= needed) return 'falling';
  return swings > Math.max(needed, THRESHOLDS.soak.swingShare * level) ? 'oscillating' : 'plateau';
}

/** How far values lie apart once the trend is taken out: nine tenths of them. */
function swing(points: readonly Point[], { slope }: Slope): number {
  const sorted = points.map(({ x, y }) => y - (slope * x) / 3600).sort((a, b) => a - b);
  return (percentileOf(sorted, 0.95) ?? 0) - (percentileOf(sorted, 0.05) ?? 0);
}

/** At most so many points, each the medians of as many of the series: pairs of all seconds of a day would be billions. */
function blockMedians(points: readonly Point[], blocks: number): Point[] {
  const size = Math.max(1, Math.ceil(points.length / blocks));
  const result: Point[] = [];
  for (let from = 0; from < points.length; from += size) {
    const block = points.slice(from, from + size);
    result.push({ x: median(block.map(({ x }) => x)), y: median(block.map(({ y }) => y)) });
  }
  return result;
}

function perHour(slope: Slope | null): Slope | null {
  if (slope === null) return null;
  return { ...slope, slope: 3600 * slope.slope, low: 3600 * slope.low, high: 3600 * slope.high };
}

function median(values: readonly number[]): number {
  return (
    percentileOf(
      values.toSorted((a, b) => a - b),
      0.5,
    ) ?? 0
  );
}
