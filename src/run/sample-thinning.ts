import type { Sample } from '../model/resources.js';

/** Every sample of the first hour; then one in so many seconds, however long a window is. */
const WHOLE_S = 3600;
const LATER_EVERY_S = 10;
/** A sample in between is kept where memory is at a new maximum by this much. */
const NEW_MAXIMUM = 1.01;

/** Other programs that a sample names. */
const NAMED = 5;

/**
 * Thins the samples of a long window: those of a day would be 86,400, about 100 MB on disk. Counters of CPU time lose nothing; peaks of memory are kept; what other
 * programs used since the sample before goes into the next one that is kept.
 */
export class SampleThinning {
  #lastKeptS = Number.NEGATIVE_INFINITY;
  #largestBytes = 0;
  #others = new Map<string, Sample['host']['otherPrograms'][number]>();

  /** @returns the sample to keep; null for one that is left out */
  next(sample: Sample): Sample | null {
    for (const program of sample.host.otherPrograms) {
      const key = `${program.pid} ${program.command}`;
      const before = this.#others.get(key)?.cpuTimeUs ?? 0;
      this.#others.set(key, { ...program, cpuTimeUs: before + program.cpuTimeUs });
    }
    const bytes = sample.gateway?.rssBytes ?? 0;
    const isPeak = bytes > NEW_MAXIMUM * this.#largestBytes;
    // Timers are late now and then, so that ten seconds may be 9.99 s.
    const isDue = sample.atS - this.#lastKeptS > LATER_EVERY_S - 0.5;
    const isLater = sample.phase === 'window' && sample.atS > WHOLE_S;
    if (isLater && !isDue && !isPeak) return null;
    const otherPrograms = [...this.#others.values()].sort((a, b) => b.cpuTimeUs - a.cpuTimeUs).slice(0, NAMED);
    this.#others.clear();
    this.#lastKeptS = sample.atS;
    if (isPeak) this.#largestBytes = bytes;
    return { ...sample, host: { ...sample.host, otherPrograms } };
  }
}
