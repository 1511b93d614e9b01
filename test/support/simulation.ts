import { normal, uniform } from './noise.js';

/** Draws figures of repeats, and knows what an interval of them should cover. */
export interface Population {
  name: string;
  /** Figures of `n` repeats of one cell, as they follow one another. */
  draw(n: number): number[];
  mean: number;
  /** exp(E[log X]). */
  geometricMean: number;
}

/** A mixture: each component with its weight, a function of a standard normal number. */
type Mixture = readonly { weight: number; of: (z: number) => number }[];

/** Expected value over the mixture, by the midpoint rule. */
function expected(mixture: Mixture, of: (figure: number) => number): number {
  const step = 0.004;
  let sum = 0;
  for (let z = -8 + step / 2; z < 8; z += step) {
    const density = (Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)) * step;
    for (const component of mixture) sum += component.weight * density * of(component.of(z));
  }
  return sum;
}

function meansOf(mixture: Mixture) {
  return { mean: expected(mixture, (value) => value), geometricMean: Math.exp(expected(mixture, Math.log)) };
}

/** Repeats that know nothing of one another. */
function independent(name: string, mixture: Mixture, seed: number): Population {
  const random = uniform(seed);
  const z = normal(random);
  const drawOne = () => {
    let left = random();
    const component = mixture.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    return (component ?? mixture[0])?.of(z()) ?? 0;
  };
  return { name, draw: (n) => Array.from({ length: n }, drawOne), ...meansOf(mixture) };
}

export const normalFigures = () => independent('normal, CV 5 %', [{ weight: 1, of: (z) => 1000 * (1 + 0.05 * z) }], 1);

export const lognormalFigures = (sigma: number) =>
  independent(`lognormal, σ ${sigma}`, [{ weight: 1, of: (z) => 1000 * Math.exp(sigma * z) }], 2);

/** A machine with two states, or a gateway whose start goes one of two ways. @param apart in standard deviations of each */
export const bimodalFigures = (share: number, apart: number) =>
  independent(
    `bimodal ${Math.round(100 * share)} : ${Math.round(100 - 100 * share)}, ${apart} σ apart`,
    [
      { weight: share, of: (z) => 1000 * (1 + 0.01 * z) },
      { weight: 1 - share, of: (z) => 1000 * (1 + 0.01 * apart + 0.01 * z) },
    ],
    3,
  );

const SECONDS = 60;

/** Repeats whose seconds hang together, each repeat's figure being the mean of its seconds. */
export function autocorrelatedWithin(rho: number): Population {
  const z = normal(uniform(5));
  const drawOne = () => {
    const series = firstOrder(rho, z);
    let sum = 0;
    for (let second = 0; second < SECONDS; second++) sum += series();
    return 1000 * (1 + (0.1 * sum) / SECONDS);
  };
  let variance = SECONDS;
  for (let lag = 1; lag < SECONDS; lag++) variance += 2 * (SECONDS - lag) * rho ** lag;
  const sd = (0.1 * Math.sqrt(variance)) / SECONDS;
  return {
    name: `autocorrelated within a repeat, ρ ${rho}`,
    draw: (n) => Array.from({ length: n }, drawOne),
    ...meansOf([{ weight: 1, of: (value) => 1000 * (1 + sd * value) }]),
  };
}

/** A machine that drifts from repeat to repeat. */
export function autocorrelatedBetween(rho: number): Population {
  const z = normal(uniform(6));
  const draw = (n: number) => {
    const series = firstOrder(rho, z);
    return Array.from({ length: n }, () => 1000 * Math.exp(0.05 * series()));
  };
  return {
    name: `autocorrelated between repeats, ρ ${rho}`,
    draw,
    mean: 1000 * Math.exp(0.05 ** 2 / 2),
    geometricMean: 1000,
  };
}

/** An autoregressive series of order 1 with variance 1, from its stationary state. */
export function firstOrder(rho: number, z: () => number): () => number {
  let state = z();
  return () => {
    const value = state;
    state = rho * state + Math.sqrt(1 - rho * rho) * z();
    return value;
  };
}

/** Share of trials in which something holds. Trials that have nothing to say count as misses. */
export function shareOf(trials: number, holds: () => boolean): number {
  let count = 0;
  for (let trial = 0; trial < trials; trial++) if (holds()) count += 1;
  return count / trials;
}

/** Whether an interval covers a value. */
export function covers(interval: { low: number; high: number } | null, value: number): boolean {
  return interval !== null && interval.low <= value && value <= interval.high;
}

/** One cell of a block in the order in which it was measured. */
interface BlockCell {
  gateway: number;
  /** Logarithm of what the machine's speed does to the figure. */
  machine: number;
}

/**
 * Blocks of a run: each holds every gateway once, shuffled, on a machine whose speed hangs together from cell to cell.
 * @param machineSpread standard deviation of the machine's logarithm
 * @param trend of the machine's logarithm, per cell
 */
export function blocksOf(
  gateways: number,
  random: () => number,
  { rho, machineSpread, trend = 0 }: { rho: number; machineSpread: number; trend?: number },
): () => BlockCell[] {
  const z = normal(random);
  const machine = firstOrder(rho, z);
  let slot = 0;
  return () => {
    const order = Array.from({ length: gateways }, (_, gateway) => ({ gateway, key: random() }));
    order.sort((a, b) => a.key - b.key);
    return order.map(({ gateway }) => ({ gateway, machine: machineSpread * machine() + trend * slot++ }));
  };
}
