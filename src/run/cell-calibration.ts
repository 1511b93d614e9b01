import { ExpectedError } from '../lib/errors.js';
import type { Calibration } from '../model/calibration.js';
import type { CellDependencies, CellInput } from './cell-context.js';

/**
 * The machine's speed now, on the gateway's CPUs. A cell without it is still a measurement, so a failure is only noted.
 * @returns null if it is not to be measured, or can't be
 * @throws the signal's reason if the run is interrupted
 */
export async function calibrationNow(
  { signal, onEvent }: Pick<CellInput, 'signal' | 'onEvent'>,
  { calibrator, gatewayCpus }: Pick<CellDependencies, 'calibrator' | 'gatewayCpus'>,
): Promise<Calibration | null> {
  if (calibrator === null) return null;
  try {
    return await calibrator.calibrate(gatewayCpus, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!(error instanceof ExpectedError)) throw error;
    onEvent({ type: 'note', message: error.message });
    return null;
  }
}
