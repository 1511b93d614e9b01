import { z } from 'zod';
import { MAX_RATE_PER_SEC, MAX_REPEATS } from './bounds.js';
import { Microseconds, Share } from './ranges.js';

/** A percentile of the latency, as records have it. */
export const ObjectivePercentile = z.enum(['p50', 'p90', 'p95', 'p99', 'p999']);
export type ObjectivePercentile = z.infer<typeof ObjectivePercentile>;

/** One condition of an objective. */
export const ObjectiveTerm = z.discriminatedUnion('metric', [
  /** Of successful requests. */
  z.strictObject({ metric: z.literal('latency'), percentile: ObjectivePercentile, limitUs: Microseconds }),
  /** The same less that of the direct cell at the same level and repeat. */
  z.strictObject({ metric: z.literal('added'), percentile: ObjectivePercentile, limitUs: Microseconds }),
  /** Failed requests of all that ended. */
  z.strictObject({ metric: z.literal('errors'), limitShare: Share }),
]);
export type ObjectiveTerm = z.infer<typeof ObjectiveTerm>;

/** What a gateway has to keep: all terms at once. */
export const Objective = z.strictObject({
  /** As it was given: `p99<=100ms, errors<0.1%`. */
  text: z.string(),
  terms: z.array(ObjectiveTerm).min(1),
});
export type Objective = z.infer<typeof Objective>;

/** VUs, or requests a second. */
const Level = z.number().int().min(1).max(MAX_RATE_PER_SEC);

/** A search for the highest level of load that keeps an objective; of several, windows of one serve the others too. */
export const CapacitySearch = z
  .strictObject({
    objectives: z.array(Objective).min(1),
    /** Labels of the gateways whose capacity is searched. */
    subjects: z.array(z.string()),
    /** Label of the gateway that is none, where limits are on what is added to it: its windows stand beside the others'. */
    direct: z.string().nullable(),
    /** What is searched. */
    unit: z.enum(['vus', 'ratePerSec']),
    /** Where it begins. */
    from: Level,
    max: Level,
    /** The last level that passes and the first that fails are to be this near: 0.1 is 10 %. */
    precisionShare: z.number().positive().max(1),
    /** Windows until a level is decided, and after which it is left undecided. */
    minRepeats: z.number().int().min(2).max(MAX_REPEATS),
    maxRepeats: z.number().int().min(2).max(MAX_REPEATS),
    /** Of one gateway, all levels and objectives together; direct windows beside them don't count. */
    maxWindows: z.number().int().min(1).max(1000),
  })
  .refine(({ from, max }) => from <= max, 'from is above max')
  .refine(({ minRepeats, maxRepeats }) => minRepeats <= maxRepeats, 'minRepeats is above maxRepeats');
export type CapacitySearch = z.infer<typeof CapacitySearch>;
