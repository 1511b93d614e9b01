import { tCritical } from './distributions.js';

/*
 * Looking at an interval after each repeat, and stopping when it pleases, makes 95 % intervals cover less: there are several
 * occasions to be wrong. Repeated confidence intervals (Jennison and Turnbull 1989) cover at all looks together, so whichever
 * look is the last one may be believed, whatever rule stopped it. The boundary is Pocock's (1977): the same nominal level at
 * each look. It is computed for Student's t itself and not for the normal distribution, which differs much with 2 to 9
 * degrees of freedom.
 *
 * How: n independent normal values around 0 are a point whose direction is uniform on a sphere, and t depends on the direction
 * only: t(n) = sqrt(n - 1) * tan(angle), with a density of cos(angle)^(n - 2). One more value turns the direction by an angle
 * of its own, independent of all before. So the angles are a Markov chain, and the probability of having crossed the boundary
 * at some look follows by numerical integration from one look to the next (Armitage, McPherson and Rowe 1969).
 */

/** Cells of the angle from -90 to 90 degrees, and steps of what one more value adds: good to 1 % of the probability. */
const CELLS = 600;
const TURNS = 150;
const WIDTH = Math.PI / CELLS;

const NOMINAL_P = Array.from({ length: 13 }, (_, at) => 1e-4 * 3000 ** (at / 12));

/** Far out, crossing at one look tells nothing of the others: the probability is the sum over the looks. */
const RARE_P = 1e-12;

/** A curve from nominal p of one look to the probability of having crossed at some look, both ascending. */
interface Crossing {
  looks: number;
  p: number[];
  probability: number[];
}

const known = new Map<string, Crossing>();

/**
 * The probability that, at one look or another, a t test of something true has a p of at most this.
 * @param p two-sided, of one look
 * @param from values at the first look, at least 2
 * @param to values at the last one: there is a look after each value between
 */
export function sequentialP(p: number, from: number, to: number): number {
  const curve = crossing(from, to);
  return p <= RARE_P ? p * curve.looks : interpolated(p, curve.p, curve.probability);
}

/**
 * The level that each look's interval must have so that all looks together cover with `level`.
 * @param from as for {@link sequentialP}
 */
export function nominalLevel(level: number, from: number, to: number): number {
  const curve = crossing(from, to);
  return 1 - interpolated(1 - level, curve.probability, curve.p);
}

/** Between the points of an ascending curve, on logarithms, where it is almost straight. */
function interpolated(x: number, xs: readonly number[], ys: readonly number[]): number {
  const at = Math.max(
    1,
    Math.min(
      xs.length - 1,
      xs.findIndex((each) => each >= x),
    ),
  );
  const [x0 = 1, x1 = 1, y0 = 1, y1 = 1] = [xs[at - 1], xs[at], ys[at - 1], ys[at]];
  return y0 * (y1 / y0) ** (Math.log(x / x0) / Math.log(x1 / x0));
}

function crossing(from: number, to: number): Crossing {
  const key = `${from} ${to}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const looks = to - from + 1;
  const result = {
    looks,
    p: [RARE_P, ...NOMINAL_P, 1],
    probability: [RARE_P * looks, ...crossingProbabilities(from, to), 1],
  };
  known.set(key, result);
  return result;
}

function crossingProbabilities(from: number, to: number): number[] {
  const first = normalised(Float64Array.from({ length: CELLS }, (_, cell) => Math.cos(angleOf(cell)) ** (from - 2)));
  let inside: Float64Array[] = NOMINAL_P.map(() => Float64Array.from(first));
  const crossed = NOMINAL_P.map((p, at) => {
    cutOff(inside[at] ?? first, p, from);
    // What the first look loses is known exactly.
    return p;
  });
  for (let n = from; n < to; n++) {
    inside = withOneMore(inside, n);
    for (const [at, p] of NOMINAL_P.entries()) {
      crossed[at] = (crossed[at] ?? 0) + cutOff(inside[at] ?? first, p, n + 1);
    }
  }
  return crossed;
}

function angleOf(cell: number): number {
  return -Math.PI / 2 + (cell + 0.5) * WIDTH;
}

function normalised(weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Take out what lies beyond the boundary. @returns how much that was */
function cutOff(mass: Float64Array, p: number, n: number): number {
  const boundary = Math.atan(tCritical(1 - p, n - 1) / Math.sqrt(n - 1));
  let taken = 0;
  for (let cell = 0; cell < CELLS; cell++) {
    const outer = Math.abs(angleOf(cell)) + WIDTH / 2;
    const share = Math.min(1, Math.max(0, (outer - boundary) / WIDTH));
    const loss = (mass[cell] ?? 0) * share;
    taken += loss;
    mass[cell] = (mass[cell] ?? 0) - loss;
  }
  return taken;
}

/** The distributions of the angle after one more value than `n`. */
function withOneMore(inside: readonly Float64Array[], n: number): Float64Array[] {
  const next = inside.map(() => new Float64Array(CELLS));
  const step = Math.PI / TURNS;
  const turns = Float64Array.from({ length: TURNS }, (_, at) => -Math.PI / 2 + (at + 0.5) * step);
  const weights = normalised(turns.map((turn) => Math.cos(turn) ** (n - 1)));
  for (let cell = 0; cell < CELLS; cell++) {
    const along = Math.sqrt(n) * Math.sin(angleOf(cell));
    for (let at = 0; at < TURNS; at++) {
      const turn = turns[at] ?? 0;
      const sine = (along * Math.cos(turn) + Math.sin(turn)) / Math.sqrt(n + 1);
      const place = (Math.asin(Math.max(-1, Math.min(1, sine))) + Math.PI / 2) / WIDTH - 0.5;
      const low = Math.max(0, Math.min(CELLS - 2, Math.floor(place)));
      const upper = Math.max(0, Math.min(1, place - low));
      const weight = weights[at] ?? 0;
      for (const [index, mass] of inside.entries()) {
        const moved = (mass[cell] ?? 0) * weight;
        const target = next[index];
        if (moved === 0 || target === undefined) continue;
        target[low] = (target[low] ?? 0) + moved * (1 - upper);
        target[low + 1] = (target[low + 1] ?? 0) + moved * upper;
      }
    }
  }
  return next;
}
