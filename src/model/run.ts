import { z } from 'zod';
import { AttachedGateway } from './attached-gateway.js';
import { CapacitySearch } from './capacity.js';
import { Cell } from './cell.js';
import { FolderName, Name, Port } from './names.js';
import { ProfilerName } from './profiler.js';
import { Bytes, Count, Moment } from './ranges.js';
import { RunBasis } from './run-basis.js';
import { RuntimeName } from './runtime.js';
import { Scenario } from './scenario.js';
import { Until } from './until.js';

/** What a reader needs to tell whether two machines compare. Null could not be read. */
export const Machine = z.strictObject({
  hostname: z.string(),
  os: z.string(),
  kernel: z.string(),
  architecture: z.string(),
  cpuModel: z.string().nullable(),
  cores: Count,
  threadsPerCore: z.number().nullable(),
  governor: z.string().nullable(),
  turboEnabled: z.boolean().nullable(),
  clockSource: z.string().nullable(),
  mitigations: z.record(z.string(), z.string()),
  virtualisation: z.string().nullable(),
  memoryBytes: Bytes,
  cgroupCpuMax: z.string().nullable(),
  cgroupMemoryMax: z.string().nullable(),
  descriptorLimit: z.number().nullable(),
  localPortRange: z.string().nullable(),
});
export type Machine = z.infer<typeof Machine>;

/** A gateway as planned. */
export const PlannedGateway = z.strictObject({
  gateway: Name,
  variant: Name,
  title: z.string(),
  /** Why every cell of it is skipped; null if it can run. */
  skip: z.strictObject({ reason: z.string(), hint: z.string().optional() }).nullable(),
  version: z.string().nullable(),
  /** Container image as pinned in the manifest; absent if it runs as a process. */
  image: z.string().optional(),
  /** Shown in the plan: "fallback for ferro 1.0.0, which is not installed". */
  note: z.string().optional(),
});
export type PlannedGateway = z.infer<typeof PlannedGateway>;

/** CPUs as the kernel writes them: `0-1,4`. */
const CpuList = z.string().regex(/^\d+(-\d+)?(,\d+(-\d+)?)*$/, 'a list of CPUs such as 0-1,4');

/** Whether load engine and mock have CPUs of their own, apart from the gateway's. */
export const Placement = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('off'), reason: z.string() }),
  z.strictObject({ kind: z.literal('pinned'), load: CpuList, gateway: CpuList, chosenBy: z.enum(['auto', 'user']) }),
]);
export type Placement = z.infer<typeof Placement>;

/** Whether the mock upstream runs before every ordinary process, by SCHED_RR. */
export const LoadPriority = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('normal'), reason: z.string() }),
  z.strictObject({ kind: z.literal('realtime'), chosenBy: z.enum(['auto', 'user']) }),
]);
export type LoadPriority = z.infer<typeof LoadPriority>;

/** A load from other hosts. */
export const RemoteLoad = z.strictObject({
  /** `me@192.0.2.7`, `me@192.0.2.7:2222`. */
  hosts: z.array(z.string()).min(1),
  /** This machine's address as seen from the hosts. */
  gatewayAddress: z.string(),
  /** Path of k6 on the hosts; null if this machine's k6 is uploaded. */
  program: z.string().nullable(),
});
export type RemoteLoad = z.infer<typeof RemoteLoad>;

/** Where a run finds what it needs, and what it was told besides: null for gatebench's own or the default. */
export const RunSettings = z.strictObject({
  /** Folder of gateway manifests. */
  gatewaysDir: z.string().nullable(),
  /** Folder of gateway manifests that were read besides gatebench's own: `gateways` where the run was started. */
  ownGatewaysDir: z.string().nullable().default(null),
  /** Folder of installed gateways; null for `.gateways` of the checkout. */
  installDir: z.string().nullable(),
  /** Folder of installed tools; null for `.tools` of the checkout. */
  toolsDir: z.string().nullable(),
  mockPort: Port,
  /** Path of the private key for other hosts; the key itself is nowhere in a run. */
  identityFile: z.string().nullable(),
  /** How often a cell is measured again that the machine made invalid; null in older runs. */
  retryInvalid: Count.nullable().default(null),
});
export type RunSettings = z.infer<typeof RunSettings>;

const Harness = z.strictObject({
  version: z.string(),
  commit: z.string().nullable(),
  dirty: z.boolean().nullable(),
  node: z.string(),
});

/** A change that was accepted when the run was resumed. Cells before and after it don't compare. */
export const RunChange = z.strictObject({
  at: Moment,
  /** What was otherwise, a sentence each. */
  changed: z.array(z.string()),
  /** Cells that had been measured; all others were measured after it. */
  cellsBefore: z.array(FolderName),
  /** What the later cells were measured with. */
  conditions: z.strictObject({
    harness: Harness,
    machine: Machine,
    engine: z.strictObject({ name: z.string(), version: z.string() }),
    basis: RunBasis.nullable(),
  }),
});
export type RunChange = z.infer<typeof RunChange>;

/** `run.json`: enough to read the results, and to resume the run. */
export const Run = z.strictObject({
  schemaVersion: z.literal(2),
  id: FolderName,
  createdAt: Moment,
  endedAt: Moment.nullable(),
  harness: Harness,
  machine: Machine,
  engine: z.strictObject({
    name: z.string(),
    version: z.string(),
    /** Absent if the load comes from this machine. */
    remote: RemoteLoad.optional(),
  }),
  /** SSH name of the mock upstream's host; absent if it is this machine. */
  upstreamHost: z.string().optional(),
  /** Older runs were not pinned. */
  placement: Placement.default({ kind: 'off', reason: 'not requested' }),
  /** Older runs had none. */
  loadPriority: LoadPriority.default({ kind: 'normal', reason: 'not requested' }),
  /** As requested; each record says what its gateway ran as. */
  runtime: RuntimeName.default('process'),
  /** Whether the machine's speed is measured before and after each cell; older runs did not. */
  calibration: z.boolean().default(false),
  seed: Count,
  /** Repeats go on until so much is known; null where their number is that of the scenario. Its first repeats are in the plan, others join it. */
  until: Until.nullable().default(null),
  /** A search for capacities: its first windows are in the plan, others join it. Absent for any other run. */
  capacity: CapacitySearch.optional(),
  /** A run of one gateway under two labels, which shows the machine's noise: `gateway` is the gateway, `copy` its second label. */
  aa: z.strictObject({ gateway: z.string(), copy: z.string() }).nullable().default(null),
  /** The gateway that ran already, in a run of one with --url; null in any other. */
  attached: AttachedGateway.nullable().default(null),
  /** How cells are profiled; null without profiled cells. */
  flame: z
    .strictObject({
      rateHz: z.number().positive(),
      /** Requested profilers that can't run here. */
      unavailable: z.array(
        z.strictObject({ gateway: z.string(), profiler: ProfilerName, reason: z.string(), hint: z.string() }),
      ),
    })
    .nullable()
    .default(null),
  /** Overrides included. */
  scenario: Scenario,
  gateways: z.array(PlannedGateway),
  /** For `--resume`; null in runs made before they were kept. */
  settings: RunSettings.nullable().default(null),
  /** What gateways and scenario were like; null in runs made before it was kept. */
  basis: RunBasis.nullable().default(null),
  /** Ascending by time. */
  changes: z.array(RunChange).default([]),
  /** In the order they run. */
  cells: z.array(Cell).superRefine((cells, context) => {
    const seen = new Set<string>();
    for (const [at, { id }] of cells.entries()) {
      if (seen.has(id))
        context.addIssue({ code: 'custom', path: [at, 'id'], message: `${id} is another cell's id too` });
      seen.add(id);
    }
  }),
});
export type Run = z.infer<typeof Run>;
