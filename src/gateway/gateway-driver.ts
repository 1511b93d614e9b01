import type { RunCertificate } from '../lib/run-certificate.js';
import type { InstallReceipt } from '../model/install-method.js';
import type { LaunchOverrides } from '../model/launch-overrides.js';
import type { ResolvedGateway } from '../model/resolved-gateway.js';
import type { UpstreamAccess } from '../model/upstream-access.js';

export interface GatewayStart {
  gateway: ResolvedGateway;
  /** What was installed; null for direct. */
  receipt: InstallReceipt | null;
  /** Folder of the installed version, `{install}` in the manifest. */
  installDir: string;
  /** Origin of the mock, such as `http://127.0.0.1:9000`; of another upstream, what is before the `/v1` of its address. */
  upstream: string;
  /** Of an upstream that isn't the mock. */
  upstreamAccess?: UpstreamAccess | undefined;
  /** Origin of the second mock; the first one's where absent. */
  secondUpstream?: string | undefined;
  /** Of a run over TLS: its certificate, and which side of the gateway speaks TLS. */
  tls?: { certificate: RunCertificate; client: boolean; upstream: boolean };
  /** An empty folder for this start, absolute. */
  workDir: string;
  /** stdout and stderr are appended here. */
  logFile: string;
  /** Changes for a profiler. */
  launch: LaunchOverrides;
  /** Address to listen on: 127.0.0.1 by default, 0.0.0.0 where the load comes from other hosts. */
  listen?: string;
  /** CPUs to pin it to, such as `2-7`; null for any. */
  cpus: string | null;
  /** Ends a start that takes long, because services have to be prepared. */
  signal?: AbortSignal;
}

export interface GatewayExit {
  exitCode: number | null;
  signal: string | null;
  /** What else is known, such as that memory ran out or the container engine's error. */
  evidence?: string;
}

/** A gateway that was started, but may not be ready yet. */
export interface RunningGateway {
  /** Where requests go: `http://127.0.0.1:8787`. */
  readonly origin: string;
  /** Hash over the rendered command, environment and files; null for direct. */
  readonly configSha256: string | null;
  /** Headers of a request, placeholders filled. */
  readonly headers: Record<string, string>;
  /** Just before its program was executed, by `performance.now()`; null where it is no process that we start ourselves. */
  readonly startedAtMs: number | null;
  /** Living processes of the tree; none for direct. */
  pids(): number[];
  /** Living processes of the services that run beside it. */
  servicePids(): number[];
  /** Resolves when the main process, or that of a service, exits; never for direct. Rejects where it can't be watched any more. */
  readonly exited: Promise<GatewayExit>;
  /** Null while it runs. */
  exit(): GatewayExit | null;
  /** Wait until the gateway itself listens and is healthy. @throws ExpectedError where it exits or never gets there */
  ready(signal: AbortSignal): Promise<void>;
  /** Why the main port is no longer held by the gateway; null while it is. */
  lostPort(): string | null;
  logTail(): Promise<string[]>;
  /** Stop the whole tree, gracefully and then by force, and wait until its ports are free. Safe to call twice. */
  stop(): Promise<StopReport>;
}

export interface StopReport {
  /** False where it had to be killed. */
  graceful: boolean;
  portsFree: boolean;
}

/** Starts gateways, as processes or in containers. */
export interface GatewayDriver {
  /** Check that its ports are free. @throws ExpectedError naming the PID that holds one */
  preflight(gateway: ResolvedGateway): void;
  start(start: GatewayStart): Promise<RunningGateway>;
}
