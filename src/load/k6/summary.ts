import { z } from 'zod';

/** The part of k6's summary, as `handleSummary` gets it, that a result is read from. Durations are milliseconds. */
export const K6Summary = z.object({
  state: z.object({ testRunDurationMs: z.number() }),
  metrics: z.record(z.string(), z.object({ values: z.record(z.string(), z.number()) })),
});
export type K6Summary = z.infer<typeof K6Summary>;
