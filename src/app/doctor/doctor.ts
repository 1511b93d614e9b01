import type { Roots } from '../../lib/roots.js';
import { processCalibrator } from '../../sampling/calibration/process-calibrator.js';
import type { Check } from './check.js';
import { containerChecks, readContainerEngines } from './containers.js';
import { fitnessChecks, readFitnessFacts } from './fitness.js';
import { gatewayChecks, readGatewayFacts } from './gateways.js';
import { machineChecks, readMachineFacts } from './machine.js';
import { profilerChecks, readProfilerFacts } from './profilers.js';

/** Check the machine and what is installed on it, without changing anything. Facts are read first, then judged. */
export async function runChecks(roots: Roots): Promise<Check[]> {
  return [
    ...machineChecks(await readMachineFacts(roots)),
    ...containerChecks(await readContainerEngines()),
    ...profilerChecks(await readProfilerFacts(roots)),
    ...gatewayChecks(await readGatewayFacts(roots)),
  ];
}

/** Whether this machine is fit to measure right now. Takes about 5 s, half of it for two calibrations. */
export async function runFitnessChecks(signal: AbortSignal, { calibrate }: { calibrate: boolean }): Promise<Check[]> {
  return fitnessChecks(await readFitnessFacts(calibrate ? processCalibrator : null, signal));
}
