import { z } from 'zod';
import { MetricName } from './metric.js';
import { FolderName } from './names.js';
import { Count, Moment } from './ranges.js';

/** `report.json`, beside the files of a report of several runs: what it is made of. */
export const PooledReport = z.strictObject({
  schemaVersion: z.literal(1),
  id: FolderName,
  runs: z
    .array(
      z.strictObject({
        id: FolderName,
        createdAt: Moment,
        endedAt: Moment.nullable(),
        /** Its repeats are these blocks of the report. */
        firstBlock: Count,
        lastBlock: Count,
        seed: Count,
        harness: z.strictObject({ version: z.string(), commit: z.string().nullable(), dirty: z.boolean().nullable() }),
        /** What the same work cost beside the first run, as a ratio of CPU times; null where it wasn't measured in both. */
        costBesideFirst: z.number().positive().nullable(),
        /** Version by the label in the report; null for direct, and for what never ran. */
        versions: z.record(z.string(), z.string().nullable()),
      }),
    )
    .min(2),
  /** Labels under which the runs measured different things. */
  split: z.array(
    z.strictObject({
      label: z.string(),
      builds: z.array(
        z.strictObject({
          /** In the report. */
          label: z.string(),
          title: z.string(),
          version: z.string().nullable(),
          runIds: z.array(FolderName),
        }),
      ),
    }),
  ),
  /** Figures in which the runs differ by more than their repeats do. */
  differences: z.array(
    z.strictObject({
      label: z.string(),
      vus: Count,
      metric: MetricName,
      means: z.array(z.strictObject({ runId: FolderName, estimate: z.number(), repeats: Count })),
      adjustedP: z.number().min(0).max(1),
    }),
  ),
  notes: z.array(z.string()),
});
export type PooledReport = z.infer<typeof PooledReport>;
