import { percentileOf } from '../../common/nearest-rank.js';
import type { SecondOfLoad } from '../model/load.js';
import type { LoadBounds } from './accounting.js';
import type { LoadProgress } from './engine.js';
import type { WorkerSecond } from './worker-report.js';

interface Gathering {
  parts: WorkerSecond[];
  second: SecondOfLoad | null;
}

/**
 * Merges the seconds of all workers: a second is reported once every worker has sent its part. Its percentiles are exact
 * (nearest rank of the sorted latencies).
 */
export class SecondSeries {
  readonly #gatherings = new Map<string, Gathering>();
  readonly #failed = { warmup: 0, window: 0 };

  /** @param onSecond is told each whole second, with the latencies of its successes */
  constructor(
    private readonly workers: number,
    private readonly bounds: LoadBounds,
    private readonly onProgress: (progress: LoadProgress) => void,
    private readonly onSecond: (second: SecondOfLoad, latenciesUs: Uint32Array) => void = () => undefined,
  ) {}

  add(part: WorkerSecond): void {
    const key = `${part.phase} ${part.second}`;
    const gathering = this.#gatherings.get(key) ?? { parts: [], second: null };
    this.#gatherings.set(key, gathering);
    gathering.parts.push(part);
    if (gathering.parts.length < this.workers) return;
    const latenciesUs = sortedLatencies(gathering.parts);
    const second = mergeParts(gathering.parts, part, latenciesUs);
    this.#gatherings.set(key, { parts: [], second });
    this.onSecond(second, latenciesUs);
    this.#report(second);
  }

  /** All seconds in order. After an early end, a second holds the parts of the workers that sent one. */
  all(): SecondOfLoad[] {
    return [...this.#gatherings.values()]
      .flatMap(({ parts, second }) => second ?? parts.slice(0, 1).map((first) => mergeParts(parts, first)))
      .sort((a, b) => a.second - b.second || a.phase.localeCompare(b.phase));
  }

  #report(second: SecondOfLoad): void {
    const { beginUs, windowStartUs, windowEndUs } = this.bounds;
    const [phaseStart, phaseEnd] = second.phase === 'warmup' ? [beginUs, windowStartUs] : [windowStartUs, windowEndUs];
    const fromUs = Math.max(phaseStart, beginUs + second.second * 1e6);
    const toUs = Math.min(phaseEnd, beginUs + (second.second + 1) * 1e6);
    this.#failed[second.phase] += second.failed;
    this.onProgress({
      phase: second.phase,
      atS: (toUs - phaseStart) / 1e6,
      ratePerSec: (second.ok * 1e6) / (toUs - fromUs),
      p99Us: second.p99Us,
      failed: this.#failed[second.phase],
    });
  }
}

function sortedLatencies(parts: WorkerSecond[]): Uint32Array {
  const count = parts.reduce((total, part) => total + part.latenciesUs.length, 0);
  const latencies = new Uint32Array(count);
  let at = 0;
  for (const part of parts) {
    latencies.set(part.latenciesUs, at);
    at += part.latenciesUs.length;
  }
  return latencies.sort();
}

function mergeParts(
  parts: WorkerSecond[],
  { second, phase }: Pick<WorkerSecond, 'second' | 'phase'>,
  latencies = sortedLatencies(parts),
): SecondOfLoad {
  return {
    second,
    phase,
    ok: parts.reduce((total, part) => total + part.ok, 0),
    failed: parts.reduce((total, part) => total + part.failed, 0),
    p50Us: percentileOf(latencies, 0.5),
    p99Us: percentileOf(latencies, 0.99),
  };
}
