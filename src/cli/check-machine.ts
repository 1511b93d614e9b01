import { writeStatus } from './output.js';

/** Say whether this machine is fit to measure, and refuse it or wait if that was asked for. @throws as {@link requireFit} */
export async function checkMachine(
  { requireFit, waitForQuiet }: { requireFit?: boolean | undefined; waitForQuiet?: number | undefined },
  { calibrate, signal }: { calibrate: boolean; signal: AbortSignal },
): Promise<void> {
  const [{ requireFit: requireFitMachine }, { runFitnessChecks }] = await Promise.all([
    import('../app/bench/require-fit.js'),
    import('../app/doctor/doctor.js'),
  ]);
  await requireFitMachine(
    { requireFit: requireFit === true, waitForQuietS: waitForQuiet ?? null },
    { check: (ofRun) => runFitnessChecks(ofRun, { calibrate }), status: writeStatus, signal },
  );
}
