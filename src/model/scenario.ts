import { z } from 'zod';
import { LATENCY_PATTERN, LATENCY_WORDS } from './latency.js';
import { Name } from './names.js';

/** Virtual users of a closed loop. */
export const Vus = z.number().int().min(1).max(100_000);

const Message = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() });

/** A `scenarios/<name>.yaml`: what is asked, how hard, and for how long. */
export const Scenario = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  name: Name,
  title: z.string(),
  description: z.string().default(''),
  /** Closed loop: this many VUs, each with one request in flight and no think time. */
  load: z.strictObject({
    model: z.literal('closed').default('closed'),
    vus: z.array(Vus).min(1),
    warmupS: z.number().min(0).max(3600),
    durationS: z
      .number()
      .positive()
      .max(24 * 3600),
    cooldownS: z.number().min(0).max(600).default(5),
    repeats: z.number().int().min(1).max(100).default(1),
    /** Seconds until a request counts as timed out, for every gateway alike. */
    timeoutS: z.number().positive().max(600).default(30),
  }),
  upstream: z.strictObject({
    /** As the mock takes it: `60ms`, `lognormal(p50=60ms,p99=200ms)`. */
    /** The syntax alone: what the numbers mean together, such as a p99 below its p50, is for the mock to judge. */
    latency: z.string().regex(LATENCY_PATTERN, LATENCY_WORDS),
    streamChunkDelayMs: z.number().min(0).default(0),
  }),
  request: z.strictObject({
    stream: z.boolean().default(false),
    messages: z.array(Message).min(1),
    maxTokens: z.number().int().positive().optional(),
  }),
});
export type Scenario = z.infer<typeof Scenario>;
