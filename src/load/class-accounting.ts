import { decodeHistogram, encodeHistogram, newHistogram, recordUs } from '../../common/histogram.js';
import type { ClassLoad, FailureClass } from '../model/load.js';
import type { RequestMix } from './engine.js';
import { latencySummary } from './latency-summary.js';
import { sum, sumByKey } from './sums.js';

/** The class of requests that have none. */
export const NO_CLASS = -1;

/** What one worker counted of one class in the window. */
export interface ClassReport {
  ok: number;
  failed: Partial<Record<FailureClass, number>>;
  /** Encoded, of successes: whole answers, and their beginnings. */
  okHistogram: string;
  firstByteHistogram: string;
}

/** How many classes of a load are counted apart: one alone is the whole. */
export function classesCounted(mix: RequestMix | undefined): number {
  return mix === undefined || mix.classes.length === 1 ? 0 : mix.classes.length;
}

/** Counts the completions of one class; when they count, {@link RequestAccounting} decides. */
export class ClassAccounting {
  #ok = 0;
  readonly #failed: Partial<Record<FailureClass, number>> = {};
  readonly #okHistogram = newHistogram();
  readonly #firstByteHistogram = newHistogram();

  succeeded(latencyUs: number, firstByteUs: number): void {
    this.#ok += 1;
    recordUs(this.#okHistogram, latencyUs);
    recordUs(this.#firstByteHistogram, firstByteUs);
  }

  failed(failure: FailureClass): void {
    this.#failed[failure] = (this.#failed[failure] ?? 0) + 1;
  }

  report(): ClassReport {
    return {
      ok: this.#ok,
      failed: this.#failed,
      okHistogram: encodeHistogram(this.#okHistogram),
      firstByteHistogram: encodeHistogram(this.#firstByteHistogram),
    };
  }
}

/** Add up what workers counted of each class. @param reports of each worker, in the order of the classes */
export function mergeClasses(reports: readonly (readonly ClassReport[])[], mix: RequestMix): ClassLoad[] {
  const weights = sum(mix.classes.map(({ weight }) => weight));
  return mix.classes.map(({ name, weight, requests }, index) => {
    const parts = reports.flatMap((classes) => classes[index] ?? []);
    const bytes = requests.map(({ body }) => Buffer.byteLength(body));
    return {
      name,
      share: weight / weights,
      requestBytesMean: sum(bytes) / bytes.length,
      requestBytesMax: Math.max(...bytes),
      ok: sum(parts.map(({ ok }) => ok)),
      failed: sumByKey(parts.map(({ failed }) => failed)),
      latencyUs: latencySummary(merged(parts.map(({ okHistogram }) => okHistogram))),
      firstByteUs: latencySummary(merged(parts.map(({ firstByteHistogram }) => firstByteHistogram))),
    };
  });
}

function merged(encoded: readonly string[]) {
  const total = newHistogram();
  for (const one of encoded) total.add(decodeHistogram(one));
  return total;
}
