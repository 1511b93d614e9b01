import { z } from 'zod';
import { Cell } from './cell.js';
import { ProfilerName } from './profiler.js';
import { RuntimeName } from './runtime.js';
import { Scenario } from './scenario.js';

/** What a reader needs to judge whether two machines compare. Unreadable is null. */
export const Machine = z.strictObject({
  hostname: z.string(),
  os: z.string(),
  kernel: z.string(),
  architecture: z.string(),
  cpuModel: z.string().nullable(),
  cores: z.number().int(),
  threadsPerCore: z.number().nullable(),
  governor: z.string().nullable(),
  turbo: z.string().nullable(),
  clockSource: z.string().nullable(),
  mitigations: z.record(z.string(), z.string()),
  virtualisation: z.string().nullable(),
  memoryBytes: z.number(),
  cgroupCpuMax: z.string().nullable(),
  cgroupMemoryMax: z.string().nullable(),
  descriptorLimit: z.number().nullable(),
  localPortRange: z.string().nullable(),
});
export type Machine = z.infer<typeof Machine>;

/** A gateway as the run knew it when it was planned. */
export const PlannedGateway = z.strictObject({
  gateway: z.string(),
  variant: z.string(),
  title: z.string(),
  /** Null where it can't run; then every cell of it is skipped for this reason. */
  skip: z.strictObject({ reason: z.string(), hint: z.string().optional() }).nullable(),
  version: z.string().nullable(),
  /** Of the container that it runs in, as the manifest pins it. */
  image: z.string().optional(),
  /** What the plan says about it: "stands in for ferro 1.0.0, which isn't installed". */
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

/** A load that other hosts drive. */
export const RemoteLoad = z.strictObject({
  /** `me@192.0.2.7`, `me@192.0.2.7:2222`. */
  hosts: z.array(z.string()).min(1),
  /** This machine's address as the hosts know it. */
  gatewayAddress: z.string(),
  /** Their k6, as a shell there finds it; null where this machine's is sent to them. */
  program: z.string().nullable(),
});
export type RemoteLoad = z.infer<typeof RemoteLoad>;

/** `run.json`: enough to read the results, and to go on with what is missing. */
export const Run = z.strictObject({
  schemaVersion: z.literal(1),
  id: z.string(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  harness: z.strictObject({
    version: z.string(),
    commit: z.string().nullable(),
    dirty: z.boolean().nullable(),
    node: z.string(),
  }),
  machine: Machine,
  engine: z.strictObject({
    name: z.string(),
    version: z.string(),
    /** Where the load comes from other hosts: which, as ssh knows them, and where they find the gateway. */
    remote: RemoteLoad.optional(),
  }),
  /** The host that the mock upstream runs on, as ssh knows it; absent where it is this machine. */
  upstreamHost: z.string().optional(),
  /** Runs from before there was a choice were not pinned. */
  placement: Placement.default({ kind: 'off', reason: 'not asked for' }),
  /** What was asked for; each record says what its gateway ran as. */
  runtime: RuntimeName.default('process'),
  seed: z.number().int(),
  /** How its profiled cells are profiled; null where there are none. */
  flame: z
    .strictObject({
      rateHz: z.number().positive(),
      /** Profilers that were wanted and can't be had here, with the reason. */
      unavailable: z.array(
        z.strictObject({ gateway: z.string(), profiler: ProfilerName, reason: z.string(), hint: z.string() }),
      ),
    })
    .nullable()
    .default(null),
  /** With every override merged in. */
  scenario: Scenario,
  gateways: z.array(PlannedGateway),
  /** In the order in which they run. */
  cells: z.array(Cell),
});
export type Run = z.infer<typeof Run>;
