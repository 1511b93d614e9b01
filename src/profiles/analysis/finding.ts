import type { ShareInterval } from '../measures.js';

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

/** `32 %`, `0.4 %`, `0 %`: no more digits than a sample of some hundred holds. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.1) return 'under 0.1 %';
  return percent < 0.95 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`;
}

/** `6 to 15 %`. */
export function formatInterval({ low, high }: ShareInterval): string {
  const figure = (share: number) => formatShare(share).replace(' %', '');
  return `${figure(low)} to ${figure(high)} %`;
}

/** `940 µs`, `9.4 µs`, `13,500 µs` with a comma: CPU time of a request. */
export function formatMicroseconds(us: number): string {
  const figure = us < 10 ? us.toFixed(1) : String(Math.round(us)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `${figure} µs`;
}

/** `1 sample`, `213 samples`. */
export function formatSamples(samples: number): string {
  return `${samples} ${samples === 1 ? 'sample' : 'samples'}`;
}
