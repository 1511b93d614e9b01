import { z } from 'zod';
import { Bytes, Count, CpuPercent, Microseconds, Percent } from './ranges.js';

// A reading that could not be taken is null, never 0.

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
  /** CPU time in the window over the requests completed in it, failures included. */
  cpuUsPerRequest: Microseconds.nullable(),
});
export type TreeResources = z.infer<typeof TreeResources>;

export const HostResources = z.strictObject({
  /** All cores together: 100 % is the whole machine. */
  cpuPercentMean: Percent.nullable(),
  stealPercentMean: Percent.nullable(),
  load1Max: z.number().min(0).nullable(),
});
export type HostResources = z.infer<typeof HostResources>;

export const TreeSample = z.strictObject({
  cpuPercent: CpuPercent.nullable(),
  /** User and system time since the tree's start, from /proc/PID/stat. */
  cpuTimeUs: z.number().min(0).nullable(),
  rssBytes: Bytes.nullable(),
  pssBytes: Bytes.nullable(),
  threads: Count.nullable(),
  descriptors: Count.nullable(),
  processes: Count.nullable(),
});
export type TreeSample = z.infer<typeof TreeSample>;

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
  host: z.strictObject({
    cpuPercent: Percent.nullable(),
    stealPercent: Percent.nullable(),
    load1: z.number().min(0).nullable(),
  }),
});
export type Sample = z.infer<typeof Sample>;
