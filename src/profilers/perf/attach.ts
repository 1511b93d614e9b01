import { ExpectedError } from '../../lib/errors.js';
import type { ProfileTarget } from '../profiler.js';
import { GoneError, type Recording, type RecordingPlan, startRecording } from './recording.js';

/** Processes come and go while perf attaches: how often it is tried again with the new list. */
const ATTEMPTS = 3;

/**
 * perf inherits: what a process forks after perf has attached to it is sampled. What it forks between our listing and
 * that moment is not, so the list is read again, and perf begun anew where it has grown.
 * @returns `missed`: processes that came too late all the same
 */
export async function attach(
  target: ProfileTarget,
  recorded: Pick<RecordingPlan, 'what' | 'options'>,
  logFile: string,
): Promise<{ recording: Recording; pids: number[]; missed: number[] }> {
  const { outDir, signal } = target;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const pids = target.pids();
    if (pids.length === 0) throw new ExpectedError('there is no process to profile', 'is it still running?');
    try {
      const plan = { ...recorded, pids, folder: outDir, logFile, signal };
      const recording = await startRecording(plan);
      const missed = target.pids().filter((pid) => !pids.includes(pid));
      if (missed.length === 0 || attempt >= ATTEMPTS) return { recording, pids: [...pids, ...missed], missed };
      await recording.kill();
    } catch (error) {
      if (!(error instanceof GoneError) || attempt >= ATTEMPTS) throw error;
    }
  }
}
