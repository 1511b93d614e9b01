import { z } from 'zod';
import { Bytes, Count, CpuPercent, Microseconds, Percent } from './ranges.js';

// A reading that could not be taken is null, never 0.

/** Microseconds of all cores together. */
const CpuTime = z.number().min(0);

/** What a process tree used in a window. 100 % CPU is one core. */
export const TreeResources = z.strictObject({
  cpuPercentMean: CpuPercent.nullable(),
  cpuPercentMax: CpuPercent.nullable(),
  rssBytesIdle: Bytes.nullable(),
  rssBytesMax: Bytes.nullable(),
  /** The last reading of the recovery phase, if the tree still lived. */
  rssBytesAfter: Bytes.nullable(),
  pssBytesIdle: Bytes.nullable(),
  pssBytesMax: Bytes.nullable(),
  threadsMax: Count.nullable(),
  descriptorsMax: Count.nullable(),
  processesMax: Count.nullable(),
  /** Processes, workers mostly, that were there before the window's end and ended in it. Older records don't have it. */
  processesEnded: Count.nullable().default(null),
  /** CPU time in the window over the requests completed in it, failures included. */
  cpuUsPerRequest: Microseconds.nullable(),
});
export type TreeResources = z.infer<typeof TreeResources>;

/** How often, and how long, a CPU quota held a control group's processes back. */
export const Throttling = z.strictObject({
  /** Of the quota's periods, those in which it was used up. */
  periods: Count,
  /** Time held back, of all CPUs together. */
  timeUs: CpuTime,
});
export type Throttling = z.infer<typeof Throttling>;

/** By whose control group: they differ if the gateway runs in a container. */
const ThrottlingByGroup = z
  .strictObject({ harness: Throttling.nullable(), gateway: Throttling.nullable() })
  .nullable()
  .default(null);

/** What the host did in the window. All cores together: 100 % is the whole machine. Older records lack what has a default. */
export const HostResources = z.strictObject({
  cpuPercentMean: Percent.nullable(),
  stealPercentMean: Percent.nullable(),
  load1Max: z.number().min(0).nullable(),
  /** Programs that aren't the gateway, the mock, the load engine or gatebench itself. */
  otherCpuPercentMean: Percent.nullable().default(null),
  /** The part of it that belongs to no process that could be seen: very short ones, or those outside of this container. */
  unseenCpuPercentMean: Percent.nullable().default(null),
  /** Such as ksoftirqd and kworker; not among the other programs, because most of what they do is for this run. */
  kernelThreadsCpuPercentMean: Percent.nullable().default(null),
  /** The busiest other programs; here 100 % is one core. */
  busiestOthers: z
    .array(z.strictObject({ pid: z.number().int(), command: z.string(), cpuPercentMean: CpuPercent }))
    .default([]),
  /** Share of the time in which a task waited for a CPU (`some` of /proc/pressure/cpu); this run's own tasks count too. */
  cpuPressurePercent: Percent.nullable().default(null),
  throttling: ThrottlingByGroup,
});
export type HostResources = z.infer<typeof HostResources>;

export const TreeSample = z.strictObject({
  cpuPercent: CpuPercent.nullable(),
  /** User and system time since the tree's start, by the scheduler's clock where the kernel gives it, else in ticks of 10 ms. */
  cpuTimeUs: CpuTime.nullable(),
  rssBytes: Bytes.nullable(),
  pssBytes: Bytes.nullable(),
  threads: Count.nullable(),
  descriptors: Count.nullable(),
  processes: Count.nullable(),
  /** Processes that ended so far, those aside that no two samples saw: such are commands that were run. Older samples don't have it. */
  processesEnded: Count.nullable().default(null),
});
export type TreeSample = z.infer<typeof TreeSample>;

/** CPU time since sampling began, in microseconds. */
export const HostCpuTimes = z.strictObject({
  /** Time in which CPUs were neither idle nor taken by the hypervisor. */
  busy: CpuTime,
  /** Hardware and software interrupts. Some kernels count them as the interrupted task's time too. */
  interrupts: CpuTime,
  /** Gateway, its services, mock, engine and gatebench itself. */
  run: CpuTime,
  kernelThreads: CpuTime,
  /** All other processes that were seen, children included that they waited for. */
  others: CpuTime,
});
export type HostCpuTimes = z.infer<typeof HostCpuTimes>;

export const HostSample = z.strictObject({
  cpuPercent: Percent.nullable(),
  stealPercent: Percent.nullable(),
  load1: z.number().min(0).nullable(),
  // Older samples lack the rest.
  cores: Count.nullable().default(null),
  cpuTimesUs: HostCpuTimes.nullable().default(null),
  /** The busiest other programs since the sample before. */
  otherPrograms: z
    .array(z.strictObject({ pid: z.number().int(), command: z.string(), cpuTimeUs: CpuTime }))
    .default([]),
  /** `some` of /proc/pressure/cpu, since boot. */
  cpuPressureUs: CpuTime.nullable().default(null),
  /** Since the control groups were made. */
  throttling: ThrottlingByGroup,
});
export type HostSample = z.infer<typeof HostSample>;

export const Phase = z.enum(['idle', 'warmup', 'window', 'recovery']);
export type Phase = z.infer<typeof Phase>;

/** One line of samples.jsonl, once a second. */
export const Sample = z.strictObject({
  /** Seconds since the window began. Before that, negative seconds until it is expected to begin. */
  atS: z.number(),
  phase: Phase,
  gateway: TreeSample.nullable(),
  mock: TreeSample.nullable(),
  engine: TreeSample.nullable(),
  /** Programs beside the gateway, together; older samples have none. */
  services: TreeSample.nullable().default(null),
  host: HostSample,
});
export type Sample = z.infer<typeof Sample>;
