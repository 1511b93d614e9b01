import type { InstallReceipt } from '../model/install-method.js';
import type { LaunchOverrides } from '../model/launch-overrides.js';
import type { ResolvedGateway } from '../model/resolved-gateway.js';

export interface GatewayStart {
  gateway: ResolvedGateway;
  /** What was installed; null for direct. */
  receipt: InstallReceipt | null;
  /** Folder of the installed version, `{install}` in the manifest. */
  installDir: string;
  /** Origin of the mock, such as `http://127.0.0.1:9000`. */
  upstream: string;
  /** An empty folder for this start, absolute. */
  workDir: string;
  /** stdout and stderr are appended here. */
  logFile: string;
  /** How it is started otherwise, to be profiled. */
  launch: LaunchOverrides;
  /** Address to listen on; 127.0.0.1 where absent, 0.0.0.0 where the load comes from other hosts. */
  listen?: string;
  /** CPUs that it is to keep to, such as `2-7`; null for any. */
  cpus: string | null;
}

export interface GatewayExit {
  exitCode: number | null;
  signal: string | null;
  /** What else is known of it: that memory ran out, or what the container engine said. */
  evidence?: string;
}

/** A gateway that was started, ready or not. */
export interface RunningGateway {
  /** Where requests go: `http://127.0.0.1:8787`. */
  readonly origin: string;
  /** Hash over the rendered command, environment and files; null for direct. */
  readonly configSha256: string | null;
  /** Headers of a request, placeholders filled. */
  readonly headers: Record<string, string>;
  /** Living processes of the tree; none for direct. */
  pids(): number[];
  /** Resolves when the main process ends; never for direct. Rejects where that can't be seen any more. */
  readonly exited: Promise<GatewayExit>;
  /** Null while it lives. */
  exit(): GatewayExit | null;
  /** Wait until the gateway itself listens and is healthy. @throws ExpectedError where it ends or never gets there */
  ready(signal: AbortSignal): Promise<void>;
  /** Why the port is no longer the gateway's own, or null where it is. */
  lostPort(): string | null;
  logTail(): Promise<string[]>;
  /** Gracefully, then by force, the whole tree, until its ports are free. Safe to call twice. */
  stop(): Promise<StopReport>;
}

export interface StopReport {
  /** False where it had to be killed. */
  graceful: boolean;
  portsFree: boolean;
}

/** How a gateway lives: as a process here, in a container, on another machine. */
export interface GatewayDriver {
  /** Check that its ports are free. @throws ExpectedError naming the PID that holds one */
  preflight(gateway: ResolvedGateway): void;
  start(start: GatewayStart): Promise<RunningGateway>;
}
