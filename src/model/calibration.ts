import { z } from 'zod';
import { Bytes, Count, Moment } from './ranges.js';

/**
 * Kinds of work that a machine can be slow at, each on its own:
 * - `integer`: arithmetic in registers
 * - `branches`: an interpreter's loop, whose branches depend on data
 * - `chaseL2`, `chaseL3`, `chaseMemory`: dependent loads from a ring that fits into L2, into L3, into neither
 * - `pageFault`: the first touch of a fresh page
 * - `systemCall`: the cheapest there is, called from Node
 * - `loopback`: a byte to and fro on a TCP connection, both ends in one process
 */
export const KernelName = z.enum([
  'integer',
  'branches',
  'chaseL2',
  'chaseL3',
  'chaseMemory',
  'pageFault',
  'systemCall',
  'loopback',
]);
export type KernelName = z.infer<typeof KernelName>;

/** At most a second. */
const Nanoseconds = z.number().positive().max(1e9);

/** Over the slices that a kernel was measured in. */
const NanosecondsPerStep = z.strictObject({ min: Nanoseconds, median: Nanoseconds });

/** What one kernel took, in nanoseconds a step. */
export const KernelTime = z.strictObject({
  /** Of all slices. */
  steps: z.number().int().positive(),
  slices: z.number().int().positive(),
  /** User and system time of the process: neighbours on the same machine slow it, other programs' turns on the CPU don't. */
  cpuNs: NanosecondsPerStep,
  wallNs: NanosecondsPerStep,
});
export type KernelTime = z.infer<typeof KernelTime>;

/** How fast the machine was at one moment, by kinds of work. */
export const Calibration = z.strictObject({
  takenAt: Moment,
  /** CPUs that it was pinned to; null for any. */
  cpus: z.string().nullable(),
  kernels: z.record(KernelName, KernelTime),
  /** Sizes of the rings, chosen by the machine's caches. */
  ringBytes: z.strictObject({ chaseL2: Bytes, chaseL3: Bytes, chaseMemory: Bytes }),
  /** Minor faults that the kernel counted in `pageFault`; as many as its steps, or fewer with huge pages. Null could not be read. */
  pageFaults: Count.nullable(),
});
export type Calibration = z.infer<typeof Calibration>;

/** Around a cell. Null: could not be measured, or the cell ended before. */
export const CellCalibration = z.strictObject({ before: Calibration.nullable(), after: Calibration.nullable() });
export type CellCalibration = z.infer<typeof CellCalibration>;
