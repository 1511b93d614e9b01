/** A figure in a sentence, and its source. */
export interface FindingFigure {
  value: number;
  unit: 'share' | 'cpu-us' | 'samples' | 'requests-per-s' | 'ratio';
  /** `category network`, `function Scavenger::Process, self`. */
  from: string;
  /** How many samples it is based on; null if it isn't based on samples. */
  samples: number | null;
}

/** A sentence about a profile, derived from its data. */
export interface Finding {
  kind: 'spread' | 'per-request' | 'hot' | 'cause' | 'uncertainty' | 'warning' | 'comparison';
  text: string;
  figures: FindingFigure[];
}

/** The same gateway under the same load without a profiler. */
export interface Unprofiled {
  /** Successes a second. */
  ratePerSec: number;
  /** By the kernel's accounting; null if it couldn't be read. */
  cpuUsPerRequest: number | null;
}

/** What a profile doesn't know about itself. */
export interface FindingContext {
  /** Null if it wasn't measured. */
  unprofiled: Unprofiled | null;
  /** Successes a second with the profiler. */
  ratePerSec: number | null;
}
