import type { RunCertificate } from '../lib/run-certificate.js';
import type { UpstreamServed } from '../model/record.js';
import type { Dialect, TokenCounts } from '../model/request.js';

export interface MockStart {
  port: number;
  /** Address to listen on; 127.0.0.1 where absent. */
  listen?: string;
  /** `60ms`, as the mock takes it. */
  latency: string;
  streamChunkDelayMs: number;
  /** It answers all its APIs in full, with so many tokens; where absent, as the published benchmark's mock. */
  full?: { outputTokens?: TokenCounts | undefined };
  /** What it lists as its models; its own one where absent. */
  models?: readonly string[] | undefined;
  processes: number;
  /** Of a latency that is drawn; below 2^32. */
  seed: number;
  /** What goes wrong from the window's start on, as the mock takes it; nothing where absent. */
  faults?: readonly string[] | undefined;
  /** A key that it refuses; it takes any where absent. */
  refuseKey?: string | undefined;
  /** It speaks TLS with this; plain HTTP where absent. */
  certificate?: RunCertificate;
  /** With real-time priority, where it shares the CPUs with the gateway. */
  realtime: boolean;
  logFile: string;
}

/** What the mock says of itself since the last reset. */
export interface MockStats {
  requests: number;
  latenessUs: { p50: number; p99: number; max: number } | null;
  eventLoopUtilisation: number | null;
  /** Resets ignored: two readings give what was served between them. */
  sinceStart: UpstreamServed;
  /** Faults injected since the start, by kind. */
  faults: Record<string, number>;
}

export interface RunningMock {
  /** It isn't ours: its responses may have any text. */
  readonly external?: true;
  readonly origin: string;
  /** `me@192.0.2.12`; null where it is this machine. */
  readonly host: string | null;
  readonly processes: number;
  pids(): number[];
  /** Resolves when the mock ends, which it must not before it is told to. */
  readonly exited: Promise<{ exitCode: number | null; signal: string | null }>;
  resetStats(): Promise<void>;
  /** Null where it doesn't answer. */
  stats(): Promise<MockStats | null>;
  /** Requests by dialect since its start; null where that can't be read. */
  asked(): Promise<ReadonlyMap<Dialect, number> | null>;
  logTail(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts the mock upstream. */
export interface UpstreamDriver {
  /** @throws ExpectedError where the port is taken or the mock doesn't come up */
  start(start: MockStart, signal: AbortSignal): Promise<RunningMock>;
}
