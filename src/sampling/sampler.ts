import type { Sample } from '../model/resources.js';

/** PIDs of the process trees, read anew for every sample. */
export interface SampleTargets {
  gateway(): number[];
  /** Programs that run beside the gateway. */
  services(): number[];
  mock(): number[];
  engine(): number[];
}

/** A sample that is not yet assigned to a phase of the cell. */
export type RawSample = Omit<Sample, 'atS' | 'phase'> & {
  /** performance.now() when it was taken. */
  takenAtMs: number;
};

export interface RunningSampler {
  /** Take one sample now, in addition to the regular ones. */
  sampleNow(): Promise<RawSample>;
  /** No sample is delivered after this resolves. */
  stop(): Promise<void>;
}

/** Samples process trees and the host at 1 Hz. */
export interface Sampler {
  start(targets: SampleTargets, onSample: (sample: RawSample) => void): RunningSampler;
}
