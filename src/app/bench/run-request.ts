import type { ProfilerName } from '../../model/profiler.js';
import type { RemoteLoad } from '../../model/run.js';
import type { RuntimeName } from '../../model/runtime.js';
import type { Until } from '../../model/until.js';
import type { ScenarioOverrides } from '../../plan/override.js';
import type { AttachRequest } from './attached-gateway.js';
import type { CapacityRequest } from './plan-capacity.js';

/** The port of the published benchmark's mock. */
export const DEFAULT_MOCK_PORT = 9000;

/** A disturbance that is over passes by the second time. */
export const DEFAULT_RETRY_INVALID = 1;

/** What is profiled in a run, by what, and how. */
export interface FlameChoice {
  profiler: 'auto' | ProfilerName;
  rateHz: number;
  /** Also where threads wait: off-CPU, and Go's mutex and block profiles where they are served. */
  offCpu: boolean;
  /** VU counts; `lowest`: the lowest of the scenario's. */
  vus: number[] | 'lowest';
}

/** A run as it was asked for, before anything was looked up. */
export interface RunRequest {
  /** Name or file. */
  scenario: string;
  overrides: ScenarioOverrides;
  /** Labels and sets; `default`: those meant where none is named; `profilable`: of these all but direct, which has no process. */
  gateways: string[] | 'default' | 'profilable';
  /** Random where it is undefined. */
  seed: number | undefined;
  engine: string;
  runtime: RuntimeName;
  /** `auto`, `off`, or such as `load=0-1,gateway=2-7`. */
  pin: string;
  /** Scheduling of the mock upstream. */
  loadPriority: 'auto' | 'realtime' | 'off';
  /** Measure the machine's speed before and after each cell. */
  calibration: boolean;
  /** Of the mock upstream; null where it doesn't matter yet. */
  mockPort: number | null;
  /** Label of the gateway to measure under two labels, instead of `gateways`; null for an ordinary run. */
  aa: string | null;
  /** The gateway that runs already, instead of `gateways`; null for gateways that are started. */
  attached: AttachRequest | null;
  /** Repeat until so much is known; null for as many repeats as the scenario has. */
  until: Until | null;
  /** A search for capacities; absent for any other run. */
  capacity?: CapacityRequest;
  /** Null where nothing is profiled. */
  flame: FlameChoice | null;
  /** Null where the load comes from this machine. */
  remoteLoad: RemoteLoad | null;
  /** `user@host`; null where the mock upstream runs on this machine. */
  upstreamHost: string | null;
}
