/** A figure of a sentence, and where it comes from, so that it can be traced. */
export interface FindingFigure {
  value: number;
  unit: 'share' | 'cpu-us' | 'samples' | 'requests-per-s' | 'ratio';
  /** `category network`, `function Scavenger::Process, self`. */
  from: string;
  /** How many samples it rests on; null for what isn't counted in samples. */
  samples: number | null;
}

/** A sentence about a profile, from its data alone. */
export interface Finding {
  kind: 'spread' | 'per-request' | 'hot' | 'cause' | 'uncertainty' | 'warning' | 'comparison';
  text: string;
  figures: FindingFigure[];
}

/** What a profile doesn't know of itself. */
export interface FindingContext {
  /** Successes a second under the same load without a profiler; null where it wasn't measured. */
  referenceRatePerSec: number | null;
  /** Successes a second with it. */
  ratePerSec: number | null;
}
