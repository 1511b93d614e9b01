import type { Sample } from '../model/resources.js';

/** The three trees that are watched, each asked anew every second. */
export interface SampleTargets {
  gateway(): number[];
  mock(): number[];
  engine(): number[];
}

/** A sample before it is known in which phase of the cell it was taken. */
export type RawSample = Omit<Sample, 'atS' | 'phase'> & {
  /** performance.now() when it was taken. */
  takenAtMs: number;
};

export interface RunningSampler {
  /** Take one sample at once, beside the regular ones. */
  sampleNow(): Promise<RawSample>;
  /** No sample is delivered after this resolves. */
  stop(): Promise<void>;
}

/** Watches process trees and the host at 1 Hz. */
export interface Sampler {
  start(targets: SampleTargets, onSample: (sample: RawSample) => void): RunningSampler;
}
