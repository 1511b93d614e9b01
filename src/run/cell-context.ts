import type { DerivedCell } from '../analysis/derive-run.js';
import type { GatewayDriver } from '../gateway/gateway-driver.js';
import type { RunCertificate } from '../lib/run-certificate.js';
import type { Engine, LoadProgress } from '../load/engine.js';
import type { Cell } from '../model/cell.js';
import type { InstallReceipt } from '../model/install-method.js';
import type { Stage } from '../model/record.js';
import type { ReplayedRequest } from '../model/replay.js';
import type { ResolvedGateway } from '../model/resolved-gateway.js';
import type { GatewayRuntime } from '../model/runtime.js';
import type { Scenario } from '../model/scenario.js';
import type { Calibrator } from '../sampling/calibrator.js';
import type { Sampler } from '../sampling/sampler.js';
import type { CellFolder } from '../store/cell-folder.js';
import type { UpstreamDriver } from '../upstream/upstream-driver.js';
import type { Profiling } from './cell-profile.js';

/** Plug-ins and settings that all cells of a run share. */
export interface CellDependencies {
  engine: Engine;
  gatewayDriver: GatewayDriver;
  mockDriver: UpstreamDriver;
  sampler: Sampler;
  /** Measures the machine's speed before and after each cell; null to leave that out. */
  calibrator: Calibrator | null;
  /** `listen`: address for the mock alone, of a gateway that we don't start. */
  mock: { port: number; processes: number; seed: number; realtime: boolean; listen?: string };
  /** The requests of the scenario's file; empty where it replays none. */
  replayed: readonly ReplayedRequest[];
  /** Null without profiled cells. */
  profiling: Profiling | null;
  /** CPUs reserved for the gateway; null for any. */
  gatewayCpus: string | null;
  /** Address for gateway and mock to listen on; 127.0.0.1 by default. */
  listen?: string;
  /** Of a run over TLS; null or absent for any other. */
  certificate?: RunCertificate | null;
  /** Makes an empty folder for one start of a gateway. */
  workDir(): Promise<{ path: string; remove(): Promise<void> }>;
}

/** One cell, and where its files go. */
export interface CellInput {
  cell: Cell;
  scenario: Scenario;
  gateway: ResolvedGateway;
  receipt: InstallReceipt | null;
  installDir: string;
  /** A process by default. */
  runtime?: GatewayRuntime;
  folder: CellFolder;
  signal: AbortSignal;
  onEvent: OnRunEvent;
}

/** What happens in a run. */
export type RunEvent =
  | { type: 'cell-started'; cell: Cell; index: number; total: number; secondsLeftInRun: number }
  | { type: 'stage'; cell: Cell; stage: Stage }
  | { type: 'load'; cell: Cell; progress: LoadProgress }
  /** What the reading of a profile is doing, where it takes long. */
  | { type: 'profile'; cell: Cell; status: string }
  /** The record, and what the cells finished so far let it be compared with. */
  | { type: 'cell-finished'; cell: Cell; record: DerivedCell; index: number; total: number }
  /** Records that the run had before it was resumed, and at its end all of them: what only they together can say may differ by then. */
  | { type: 'records'; records: readonly DerivedCell[] }
  | { type: 'note'; message: string };

export type OnRunEvent = (event: RunEvent) => void;

/** The certificate of a cell over TLS; null for any other. */
export function certificateOf({ scenario }: CellInput, { certificate }: CellDependencies): RunCertificate | null {
  if (scenario.tls === undefined) return null;
  if (!certificate) throw new Error(`${scenario.name} is over TLS, and the run has no certificate`);
  return certificate;
}
