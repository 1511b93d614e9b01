import { type Histogram, newHistogram, recordUs } from '../../common/histogram.js';
import type { SecondOfLoad, StageOfLoad } from '../model/load.js';
import type { LoadStage } from './engine.js';
import { latencySummary } from './latency-summary.js';

interface Part {
  stage: LoadStage;
  atS: number;
  ok: number;
  failed: number;
  latencies: Histogram;
}

/** Adds the seconds of a load up to its stages, which last whole seconds each. */
export class StageSeries {
  readonly #parts: Part[] = [];

  /** @param warmupS whole seconds before the first stage */
  constructor(
    stages: readonly LoadStage[],
    private readonly warmupS: number,
  ) {
    let atS = 0;
    for (const stage of stages) {
      this.#parts.push({ stage, atS, ok: 0, failed: 0, latencies: newHistogram() });
      atS += stage.durationS;
    }
  }

  /** @param latenciesUs of the second's successes */
  add({ second, phase, ok, failed }: SecondOfLoad, latenciesUs: Uint32Array): void {
    if (phase !== 'window') return;
    const atS = second - this.warmupS;
    const part = this.#parts.findLast((each) => each.atS <= atS);
    if (part === undefined) return;
    part.ok += ok;
    part.failed += failed;
    for (const us of latenciesUs) recordUs(part.latencies, us);
  }

  all(): StageOfLoad[] {
    return this.#parts.map(({ stage, atS, ok, failed, latencies }) => ({
      atS,
      ...stage,
      ok,
      failed,
      latencyUs: latencySummary(latencies),
    }));
  }
}
