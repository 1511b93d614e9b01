import type { Calibration } from '../model/calibration.js';

/** Measures how fast this machine is at the moment, by kinds of work. */
export interface Calibrator {
  /**
   * Takes about a second, and leaves nothing running.
   * @param cpus where the gateway runs, as `taskset` takes them; null for any
   * @throws ExpectedError if it can't be measured; the signal's reason if it aborts
   */
  calibrate(cpus: string | null, signal: AbortSignal): Promise<Calibration>;
}
