import type { ProfilerSpec } from '../model/gateway.js';
import type { LaunchOverrides } from '../model/launch-overrides.js';
import type { Profile } from '../model/profile.js';
import type { ProfilerName } from '../model/profiler.js';

export { type LaunchOverrides, NO_LAUNCH_CHANGE } from '../model/launch-overrides.js';

/** What is profiled, and how. */
export interface ProfileTarget {
  /** The process tree, main process first. */
  pids(): number[];
  /** Samples per second, if the profiler's rate can be set. */
  rateHz: number;
  /** How long the profiled load lasts, seconds. Profilers that stop by themselves take this long. */
  durationS: number;
  /** From the manifest, or the defaults for a process that isn't a gateway. */
  spec: ProfilerSpec;
  /** `http://127.0.0.1:8080`, for profiles served over HTTP; null if there is none. */
  origin: string | null;
  /** Folder for raw output, which is kept. Absolute; exists. */
  outDir: string;
  signal: AbortSignal;
  /** Told what a step that takes long is doing, every few seconds. */
  onStatus?: (text: string) => void;
}

/** A running profiler. */
export interface Capture {
  /** Stops sampling, and does everything that needs the process. @throws ExpectedError if nothing was captured */
  end(): Promise<void>;
  /**
   * Returns the profile. Called once, after {@link end}, when the process may be gone. The caller fills in
   * `meta.subject`, `meta.load` and `meta.title`. @throws ExpectedError if the output can't be read
   */
  collect(): Promise<Profile>;
  /** Removes all processes and temporary files. May be called at any time, even twice. */
  kill(): Promise<void>;
}

/** Finds out where a process tree spends its time. */
export interface Profiler {
  readonly name: ProfilerName;
  /** In one line, for help and pages: `Linux perf: every process, user and kernel`. */
  readonly title: string;
  /** Whether it has to start the program itself, which it can't in a container. */
  readonly startsProgram?: boolean;
  /** Why it can't run here (for this gateway, if one is given), and what to do about it; null if it can. */
  unavailable(spec: ProfilerSpec | null): Promise<{ reason: string; hint: string } | null>;
  /** How the gateway has to be started. @param outDir as in {@link ProfileTarget} */
  launch(spec: ProfilerSpec, outDir: string): Promise<LaunchOverrides>;
  /** Starts sampling; resolves when it has started. @throws ExpectedError if it can't */
  start(target: ProfileTarget): Promise<Capture>;
}
