import { z } from 'zod';
import { Name } from './names.js';
import { Bytes, Count, Moment, Percent, Seconds } from './ranges.js';

/** One start of a gateway. */
export const GatewayStartTime = z.strictObject({
  /** From just before its program was executed to the end of the first response that was right. */
  firstResponseS: Seconds,
  /** It was asked again and again: a response may have been had by so much earlier. */
  uncertaintyS: Seconds,
  /** Requests, the last one right. */
  requests: Count.min(1),
  /** That its processes read from storage until then: 0 where all of it was in memory; null where it can't be read. */
  readBytes: Bytes.nullable(),
  /** That other programs took of all CPUs meanwhile, as in a cell; null where it can't be read. */
  otherCpuPercent: Percent.nullable(),
});
export type GatewayStartTime = z.infer<typeof GatewayStartTime>;

/** Whether the kernel had files of the gateway in memory when it was started. */
export const PageCaches = z.discriminatedUnion('kind', [
  /** They were dropped before each start, but for pages that other running programs use too. */
  z.strictObject({ kind: z.literal('dropped') }),
  /** As a start before had left them. */
  z.strictObject({ kind: z.literal('warm'), reason: z.string() }),
]);
export type PageCaches = z.infer<typeof PageCaches>;

/** What an installation takes. */
export const InstalledSize = z.strictObject({
  /** On the file system, with all that its blocks are larger than the files. */
  diskBytes: Bytes,
  /** Of the files themselves. */
  fileBytes: Bytes,
  /** Several names of one file count once. */
  files: Count,
});
export type InstalledSize = z.infer<typeof InstalledSize>;

/** What a gateway takes without any load. */
export const GatewayFootprint = z.strictObject({
  gateway: Name,
  variant: Name,
  title: z.string(),
  version: z.string(),
  measuredAt: Moment,
  /** Of gatebench. */
  harness: z.strictObject({ version: z.string(), commit: z.string().nullable() }),
  machine: z.strictObject({
    hostname: z.string(),
    cpuModel: z.string().nullable(),
    cores: Count,
    architecture: z.string(),
    kernel: z.string(),
  }),
  pageCaches: PageCaches,
  starts: z.array(GatewayStartTime).min(1),
  /** Of its install folder; null for a program of the user's own. Interpreters of the system are not in it. */
  installed: InstalledSize.nullable(),
});
export type GatewayFootprint = z.infer<typeof GatewayFootprint>;

/** `footprint.json`, in the folder of a run or beside the runs: the latest of each version of a gateway on each machine. */
export const Footprints = z.strictObject({ schemaVersion: z.literal(1), footprints: z.array(GatewayFootprint) });
export type Footprints = z.infer<typeof Footprints>;
