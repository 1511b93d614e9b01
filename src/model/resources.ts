import { z } from 'zod';

/** A reading that could not be taken is null, never 0. */
const Reading = z.number().nullable();

/** What a process tree used in a window. 100 % CPU is one core. */
export const TreeResources = z.strictObject({
  cpuPercentMean: Reading,
  cpuPercentMax: Reading,
  rssBytesIdle: Reading,
  rssBytesMax: Reading,
  /** The last reading of the recovery phase, if the tree still lived. */
  rssBytesAfter: Reading,
  pssBytesIdle: Reading,
  pssBytesMax: Reading,
  threadsMax: Reading,
  descriptorsMax: Reading,
  processesMax: Reading,
  /** CPU time in the window over the requests completed in it, failures included. */
  cpuUsPerRequest: Reading,
});
export type TreeResources = z.infer<typeof TreeResources>;

export const HostResources = z.strictObject({
  /** All cores together: 100 % is the whole machine. */
  cpuPercentMean: Reading,
  stealPercentMean: Reading,
  load1Max: Reading,
});
export type HostResources = z.infer<typeof HostResources>;

export const TreeSample = z.strictObject({
  cpuPercent: Reading,
  /** User and system time since the tree's start, from /proc/PID/stat. */
  cpuTimeUs: Reading,
  rssBytes: Reading,
  pssBytes: Reading,
  threads: Reading,
  descriptors: Reading,
  processes: Reading,
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
  host: z.strictObject({ cpuPercent: Reading, stealPercent: Reading, load1: Reading }),
});
export type Sample = z.infer<typeof Sample>;
