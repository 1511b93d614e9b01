import type { CurveLevel, ScalingCurve } from '../../src/analysis/scaling-curve.js';

export const LATENCY_S = 0.06;

/** A level against an upstream of 60 ms, with little to be said about it. */
export function levelOf(facts: Partial<CurveLevel> & { vus: number; ratePerSec: number }): CurveLevel {
  return {
    idealPerSec: facts.vus / LATENCY_S,
    p50Us: (facts.vus / facts.ratePerSec) * 1e6,
    failedShare: 0,
    failures: '',
    cpuPercent: null,
    processes: 1,
    descriptors: null,
    harnessLimit: null,
    ...facts,
  };
}

export function curveOf(levels: CurveLevel[], facts: Partial<ScalingCurve> = {}): ScalingCurve {
  return { levels, crashedAtVus: null, untrustedVus: [], cpus: 8, ...facts };
}
