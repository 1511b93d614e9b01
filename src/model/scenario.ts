import { z } from 'zod';
import { LATENCY_PATTERN, parseLatency } from '../../common/latency.js';
import { parseTokenCounts } from '../../common/token-counts.js';
import { MAX_CHUNK_DELAY_MS } from '../../common/upstream-limits.js';
import {
  MAX_DURATION_S,
  MAX_PAUSE_S,
  MAX_REPEATS,
  MAX_TIMEOUT_S,
  MAX_VU_LEVELS,
  MAX_VUS,
  MAX_WARMUP_S,
} from './bounds.js';
import { LATENCY_EXAMPLES } from './latency.js';
import { Name } from './names.js';
import { Dialect, mostTokens, RequestPlan, TokenCounts } from './request.js';

/** Virtual users of a closed loop. */
export const Vus = z.number().int().min(1).max(MAX_VUS);

/** The mock upstream's latency, as its `--latency` takes it. */
export const Latency = z
  .string()
  .regex(LATENCY_PATTERN, { error: LATENCY_EXAMPLES, abort: true })
  .superRefine((text, context) => {
    const parsed = parseLatency(text);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.why });
  });

/** `scenarios/<name>.yaml`: the request, the load, and for how long. */
export const Scenario = z
  .strictObject({
    $schema: z.string().optional(),
    schemaVersion: z.literal(1),
    name: Name,
    title: z.string(),
    description: z.string().default(''),
    /** Closed loop: each VU has one request in flight and no think time. */
    load: z.strictObject({
      model: z.literal('closed').default('closed'),
      vus: z
        .array(Vus)
        .min(1)
        .max(MAX_VU_LEVELS)
        .refine((levels) => new Set(levels).size === levels.length, { message: 'each VU count once' }),
      warmupS: z.number().min(0).max(MAX_WARMUP_S),
      durationS: z.number().positive().max(MAX_DURATION_S),
      /** Samples of the idle gateway before the load. */
      idleS: z.number().min(0).max(MAX_PAUSE_S).default(2),
      /** Samples of the gateway after the load, before it is stopped. */
      recoveryS: z.number().min(0).max(MAX_PAUSE_S).default(5),
      /** Rest between two cells. */
      cooldownS: z.number().min(0).max(MAX_PAUSE_S).default(5),
      repeats: z.number().int().min(1).max(MAX_REPEATS).default(1),
      /** Time until a request counts as timed out, the same for every gateway. */
      timeoutS: z.number().positive().max(MAX_TIMEOUT_S).default(30),
    }),
    upstream: z.strictObject({
      /** In the mock's syntax: `60ms`, `lognormal(p50=60ms,p99=200ms)`. */
      latency: Latency,
      streamChunkDelayMs: z.number().int().min(0).max(MAX_CHUNK_DELAY_MS).default(0),
      /** Tokens of an answer; the published six or seven words where absent. */
      outputTokens: TokenCounts.optional(),
      /** The form in which the gateway is to ask the upstream; that of chat completions where absent. */
      dialect: Dialect.optional(),
    }),
    request: RequestPlan,
  })
  .superRefine(({ request, upstream }, context) => {
    if (upstream.outputTokens === undefined || request.replay !== undefined) return;
    const parsed = parseTokenCounts(String(upstream.outputTokens));
    if (!parsed.ok || Number.isFinite(mostTokens(parsed.model))) return;
    const classes = request.classes ?? [request];
    // What is drawn is known by how its text begins, and that has to end somewhere.
    if (classes.every(({ maxTokens }) => (maxTokens ?? request.maxTokens) !== undefined)) return;
    const message = 'a length without a bound needs maxTokens in each request';
    context.addIssue({ code: 'custom', path: ['upstream', 'outputTokens'], message });
  });
export type Scenario = z.infer<typeof Scenario>;
