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

/** The same gateway under the same load without a profiler. */
export interface Unprofiled {
  /** Successes a second. */
  ratePerSec: number;
  /** By the kernel's own account; null where it couldn't be read. */
  cpuUsPerRequest: number | null;
}

/** What a profile doesn't know of itself. */
export interface FindingContext {
  /** Null where it wasn't measured. */
  unprofiled: Unprofiled | null;
  /** Successes a second with the profiler. */
  ratePerSec: number | null;
}
