import { z } from 'zod';
import { MAX_REPEATS } from './bounds.js';
import { MetricName } from './metric.js';
import { Count } from './ranges.js';

/** How well a metric is to be known: its 95 % interval over repeats reaches at most this far to its longer side. */
export const UntilTarget = z.strictObject({
  metric: MetricName.exclude(['overheadP50', 'overheadP99']),
  /** 0.02 is 2 % of the estimate. */
  halfWidthShare: z.number().positive().max(1),
});
export type UntilTarget = z.infer<typeof UntilTarget>;

/** A run that is repeated until its figures are known. */
export const Until = z
  .strictObject({
    targets: z.array(UntilTarget).min(1),
    /** Repeats of every cell. */
    minRepeats: Count.min(3),
    maxRepeats: Count.max(MAX_REPEATS),
  })
  .refine(({ minRepeats, maxRepeats }) => minRepeats <= maxRepeats, 'minRepeats is above maxRepeats');
export type Until = z.infer<typeof Until>;
