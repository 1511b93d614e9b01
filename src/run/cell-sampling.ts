import { runClock } from '../lib/run-clock.js';
import type { Phase, Sample } from '../model/resources.js';
import type { RawSample, RunningSampler, Sampler, SampleTargets } from '../sampling/sampler.js';
import type { CellFolder } from '../store/cell-folder.js';
import { SampleThinning } from './sample-thinning.js';

/** Samples a cell's process trees, and puts each sample on the cell's timeline: seconds since its window began. */
export class CellSampling {
  readonly #folder: CellFolder;
  readonly #samples: Sample[] = [];
  readonly #thinning = new SampleThinning();
  readonly #running: RunningSampler;
  #phase: Phase = 'idle';
  #phaseStartMs = performance.now();
  #windowStartMs: number;
  #storeError: unknown = null;

  /** @param secondsToWindow until the window is expected to begin */
  constructor(sampler: Sampler, targets: SampleTargets, folder: CellFolder, secondsToWindow: number) {
    this.#folder = folder;
    this.#windowStartMs = performance.now() + secondsToWindow * 1000;
    this.#running = sampler.start(targets, (raw) => this.#keep(raw));
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Seconds since the phase began. */
  get phaseS(): number {
    return (performance.now() - this.#phaseStartMs) / 1000;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
    this.#phaseStartMs = performance.now();
  }

  /** @param startedAtEpochMs by the run's clock, as the engine reports it */
  enterWindow(startedAtEpochMs: number): void {
    this.#windowStartMs = performance.now() - (runClock.epochMs() - startedAtEpochMs);
    this.#phase = 'window';
    this.#phaseStartMs = this.#windowStartMs;
  }

  /** Take a sample besides the regular ones. */
  async sampleNow(): Promise<void> {
    await this.#running.sampleNow();
  }

  stop(): Promise<void> {
    return this.#running.stop();
  }

  /** All samples. @throws StorageError if one could not be written */
  get samples(): readonly Sample[] {
    if (this.#storeError) throw this.#storeError;
    return this.#samples;
  }

  #keep({ takenAtMs, ...readings }: RawSample): void {
    const atS = Math.round(takenAtMs - this.#windowStartMs) / 1000;
    const sample = this.#thinning.next({ atS, phase: this.#phase, ...readings });
    if (sample === null) return;
    this.#samples.push(sample);
    try {
      this.#folder.appendSample(sample);
    } catch (error) {
      this.#storeError ??= error;
    }
  }
}
