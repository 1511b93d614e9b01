/** Of the labels of ticks, at their font: digits of DejaVu Sans are all as wide. */
const DIGIT_WIDTH = 9;
const LABEL_GAP = 8;
/** Of the plot at least, in pixels, at the width of a chart. */
const PLOT_WIDTH = 950;
/** Room at both ends of a scale, as a share of its length: half of a row of marks. */
const MARGIN = 0.05;
/** Labels of levels that are close together stand under one another, up to so many. */
const MAX_ROWS = 4;

type Place = (vus: number) => number;

/** Where a level is on an axis that gives every level the same room, 0 to 1. */
export function placeInCategories(levels: readonly number[]): Place {
  return (vus) => (levels.indexOf(vus) + 0.5) / levels.length;
}

/** Where a level is on {@link levelScale}, 0 to 1. */
export function placeOnScale(levels: readonly number[]): Place {
  const { min, max } = scaleEnds(levels);
  return (vus) => Math.log(vus / min) / Math.log(max / min);
}

/** Room at both ends, as bars have it. */
export function categoryAxis<Axis extends object>(axis: Axis) {
  return { ...axis, offset: true };
}

/** A logarithmic axis with a tick at each level, and room for the points and marks at both ends. */
export function levelScale<Axis extends { ticks: object }>(levels: readonly number[], axis: Axis) {
  const rows = labelRows(levels);
  return {
    ...axis,
    type: 'logarithmic' as const,
    ...scaleEnds(levels),
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      scale.ticks = levels.map((value) => ({ value }));
    },
    ticks: {
      ...axis.ticks,
      // Chart.js takes ticks to be evenly spaced when it leaves labels out or turns them.
      autoSkip: false,
      maxRotation: 0,
      callback: (value: string | number) => {
        const row = rows.get(Number(value));
        return row === undefined ? '' : [...new Array<string>(row).fill(''), String(value)];
      },
    },
  };
}

/** The row of each level's label, 0 for the first one in which it touches no other; a level without a row has no label. */
export function labelRows(levels: readonly number[]): Map<number, number> {
  const placeOf = placeOnScale(levels);
  const rows = new Map<number, number>();
  const ends = new Array<number>(MAX_ROWS).fill(-Infinity);
  for (const vus of levels) {
    const half = (String(vus).length * DIGIT_WIDTH + LABEL_GAP) / 2;
    const centre = placeOf(vus) * PLOT_WIDTH;
    const row = ends.findIndex((end) => centre - half >= end);
    if (row === -1) continue;
    rows.set(vus, row);
    ends[row] = centre + half;
  }
  return rows;
}

function scaleEnds(levels: readonly number[]): { min: number; max: number } {
  const [first, last] = [levels[0] ?? 1, levels.at(-1) ?? 1];
  // The margin is of the whole axis, both margins included.
  const margin = (last / first) ** (MARGIN / (1 - 2 * MARGIN));
  return { min: first / margin, max: last * margin };
}
