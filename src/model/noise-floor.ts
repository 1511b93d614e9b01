import { z } from 'zod';
import { MetricName } from './metric.js';
import { FolderName, Name } from './names.js';
import { Count, Moment } from './ranges.js';
import { Vus } from './scenario.js';

/** What a noise floor holds for: another machine, scenario or engine has another one. */
export const NoiseConditions = z.strictObject({
  hostname: z.string(),
  cpuModel: z.string().nullable(),
  cores: Count,
  architecture: z.string(),
  kernel: z.string(),
  virtualisation: z.string().nullable(),
  engine: z.string(),
  placement: z.enum(['off', 'pinned']),
  loadPriority: z.enum(['normal', 'realtime']),
  scenario: Name,
  upstreamLatency: z.string(),
  stream: z.boolean(),
});
export type NoiseConditions = z.infer<typeof NoiseConditions>;

/** One A/A run: what two measurements of one gateway differed by. */
export const NoiseFloor = z.strictObject({
  runId: FolderName,
  measuredAt: Moment,
  /** Label. */
  gateway: z.string(),
  conditions: NoiseConditions,
  /** A longer window is less noisy: a floor holds for windows of this length and longer ones. */
  durationS: z.number().positive(),
  levels: z.array(
    z.strictObject({
      vus: Vus,
      /** Blocks with both. */
      blocks: Count,
      /** By metric: how far from 1 the ratio of the two may be, as a share. */
      shares: z.partialRecord(MetricName, z.number().min(0)),
    }),
  ),
});
export type NoiseFloor = z.infer<typeof NoiseFloor>;

/** `noise-floors.json`, beside the runs: the latest A/A run of each gateway under each conditions. */
export const NoiseFloors = z.strictObject({ schemaVersion: z.literal(1), floors: z.array(NoiseFloor) });
export type NoiseFloors = z.infer<typeof NoiseFloors>;
