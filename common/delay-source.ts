import { type LatencyModel, MAX_LATENCY_MS } from './latency.js';
import type { Random } from './random.js';

/** The 99th percentile of the standard normal distribution (Abramowitz and Stegun 1964, 26.2). */
const Z99 = 2.3263478740408408;

/** Returns the next request's delay in milliseconds, from 0 to an hour. */
export type DelaySource = () => number;

/** A source of delays; the same random numbers give the same delays. */
export function newDelaySource(model: LatencyModel, random: Random): DelaySource {
  switch (model.kind) {
    case 'constant':
      return () => model.delayMs;
    case 'normal': {
      const normal = standardNormal(random);
      return () => within(model.meanMs + model.deviationMs * normal());
    }
    case 'lognormal': {
      // ln X is normal: its mean is ln p50, and ln p99 lies Z99 deviations above it.
      const normal = standardNormal(random);
      const sigma = Math.log(model.p99Ms / model.p50Ms) / Z99;
      return () => within(model.p50Ms * Math.exp(sigma * normal()));
    }
    case 'bimodal':
      return () => (random() < model.secondShare ? model.secondMs : model.firstMs);
  }
}

function within(delayMs: number): number {
  return Math.min(Math.max(delayMs, 0), MAX_LATENCY_MS);
}

/** Box and Muller 1958: two uniform numbers make two normal ones; the second is kept for the next call. */
function standardNormal(random: Random): () => number {
  let spare = Number.NaN;
  return () => {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = Number.NaN;
      return kept;
    }
    // 1 - u is never 0, so its logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
