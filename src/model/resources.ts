import { z } from 'zod';

/** A reading that could not be taken is null, never 0. */
const Reading = z.number().nullable();

/** What a whole process tree used in a window. 100 % CPU is one core. */
export const TreeResources = z.strictObject({
  cpuPercentMean: Reading,
  cpuPercentMax: Reading,
  rssBytesIdle: Reading,
  rssBytesMax: Reading,
  /** 5 s after the load, where the tree still lived. */
  rssBytesAfter: Reading,
  pssBytesIdle: Reading,
  pssBytesMax: Reading,
  threadsMax: Reading,
  descriptorsMax: Reading,
  processesMax: Reading,
  /** CPU time of the tree in the window over requests completed in it, failures included. */
  cpuUsPerRequest: Reading,
});
export type TreeResources = z.infer<typeof TreeResources>;

export const HostResources = z.strictObject({
  /** Of all cores together: 100 % is the whole machine. */
  cpuPercentMean: Reading,
  stealPercentMean: Reading,
  load1Max: Reading,
});
export type HostResources = z.infer<typeof HostResources>;

export const TreeSample = z.strictObject({
  cpuPercent: Reading,
  /** User and system time of the tree since its start, from /proc/PID/stat. */
  cpuTimeUs: Reading,
  rssBytes: Reading,
  pssBytes: Reading,
  threads: Reading,
  descriptors: Reading,
  processes: Reading,
});
export type TreeSample = z.infer<typeof TreeSample>;

export const Phase = z.enum(['idle', 'warmup', 'window', 'after']);
export type Phase = z.infer<typeof Phase>;

/** One line of samples.jsonl, once a second. */
export const Sample = z.strictObject({
  /** Seconds since the window began; negative before it, there by the plan until the engine has begun. */
  atS: z.number(),
  phase: Phase,
  gateway: TreeSample.nullable(),
  mock: TreeSample.nullable(),
  engine: TreeSample.nullable(),
  host: z.strictObject({ cpuPercent: Reading, stealPercent: Reading, load1: Reading }),
});
export type Sample = z.infer<typeof Sample>;
