import type { ProfilerSpec } from '../model/gateway.js';
import type { LaunchOverrides } from '../model/launch-overrides.js';
import type { Profile } from '../model/profile.js';
import type { ProfilerName } from '../model/profiler.js';

export { type LaunchOverrides, NO_LAUNCH_CHANGE } from '../model/launch-overrides.js';

/** What is profiled, and how. */
export interface ProfileTarget {
  /** The process tree, main process first. */
  pids(): number[];
  /** Samples a second, where the profiler can be told. */
  rateHz: number;
  /** How long the load lasts that is to be profiled, seconds. Profilers that end by themselves take this long. */
  durationS: number;
  /** The manifest's, or the defaults for a process that isn't a gateway. */
  spec: ProfilerSpec;
  /** `http://127.0.0.1:8080`, where profiles are served over HTTP; null where there is none. */
  origin: string | null;
  /** Folder for raw output, which is kept; absolute, exists. */
  outDir: string;
  signal: AbortSignal;
}

/** A profiler at work. */
export interface Capture {
  /** Stop sampling, and do all that needs the process alive. @throws ExpectedError where nothing was captured */
  end(): Promise<void>;
  /**
   * The profile; called once, after {@link end}, when the process may have gone. `meta.subject`, `meta.load` and
   * `meta.title` are the caller's to fill. @throws ExpectedError where the output can't be read
   */
  collect(): Promise<Profile>;
  /** Leave no process and no temporary file behind, whatever state it is in. Safe to call twice, and after the end. */
  kill(): Promise<void>;
}

/** Something that finds out where a process tree spends its time. */
export interface Profiler {
  readonly name: ProfilerName;
  /** In one line, for help and pages: `Linux perf, every process, user and kernel`. */
  readonly title: string;
  /** Whether it has to be the one that starts the program, which it can't where a container does. */
  readonly startsProgram?: boolean;
  /** Null where it can run here (for this gateway, where one is given), else what is missing and how to get it. */
  unavailable(spec: ProfilerSpec | null): Promise<{ reason: string; hint: string } | null>;
  /** What the gateway has to be started with. @param outDir as in {@link ProfileTarget} */
  launch(spec: ProfilerSpec, outDir: string): Promise<LaunchOverrides>;
  /** Begin to sample; resolves once it samples. @throws ExpectedError where it can't */
  start(target: ProfileTarget): Promise<Capture>;
}
