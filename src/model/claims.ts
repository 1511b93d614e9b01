import { z } from 'zod';

/** A figure that somebody published. */
export const Claim = z.strictObject({
  gateway: z.string(),
  version: z.string(),
  metric: z.enum(['rps', 'p50', 'p90', 'p95', 'p99', 'memory', 'error_rate', 'mean', 'max']),
  unit: z.string(),
  vus: z.number(),
  value: z.number(),
  source: z.string(),
  load: z.string(),
  publisher: z.string(),
  note: z.string().optional(),
});
export type Claim = z.infer<typeof Claim>;

/** `results/published/claims.json`. */
export const Claims = z.strictObject({
  about: z.string(),
  sources: z.record(z.string(), z.string()),
  profiles: z.array(z.record(z.string(), z.unknown())),
  shapes: z.array(z.record(z.string(), z.unknown())),
  claims: z.array(Claim),
});
export type Claims = z.infer<typeof Claims>;
