import { tmpdir } from 'node:os';
import { execa } from 'execa';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { compiledProgram } from '../../lib/paths.js';
import { pinnedCommand } from '../../lib/pinned-command.js';
import { cleanEnvironment } from '../../lib/process-environment.js';
import { runClock } from '../../lib/run-clock.js';
import { Calibration } from '../../model/calibration.js';
import type { Calibrator } from '../calibrator.js';

const PROGRAM = 'src/sampling/calibration/program';
/** A second on an idle machine; on one where it takes this long, nothing else is worth measuring either. */
const TIMEOUT_MS = 30_000;

/**
 * Calibrates in a process of its own, pinned to the gateway's CPUs. It is started anew each time: a process that waited
 * through the cell would hold 200 MiB and its share of the caches.
 */
export const processCalibrator: Calibrator = {
  async calibrate(cpus, signal) {
    const { command, args } = pinnedCommand(cpus, {
      command: process.execPath,
      args: [compiledProgram(PROGRAM), ...(cpus === null ? [] : [cpus])],
    });
    const { failed, stdout, stderr, shortMessage } = await execa(command, args, {
      reject: false,
      stdin: 'ignore',
      timeout: TIMEOUT_MS,
      cancelSignal: signal,
      forceKillAfterDelay: false,
      killSignal: 'SIGKILL',
      env: cleanEnvironment(tmpdir(), {}),
      extendEnv: false,
      // Ctrl-C in the terminal is for the harness, which then ends this by the signal.
      detached: true,
    });
    signal.throwIfAborted();
    if (failed) throw unmeasured(stderr.trim() || String(shortMessage));
    try {
      const calibration = Calibration.parse(JSON.parse(stdout));
      // The program knows the wall clock only.
      const takenAtMs = runClock.fromWallMs(Date.parse(calibration.takenAt));
      return { ...calibration, takenAt: new Date(takenAtMs).toISOString() };
    } catch (error) {
      throw unmeasured(`its result can't be read: ${messageOf(error)}`);
    }
  },
};

function unmeasured(reason: string): ExpectedError {
  return new ExpectedError(`the machine's speed could not be measured: ${reason}`, 'leave it out: --no-calibration');
}
