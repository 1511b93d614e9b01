import { z } from 'zod';
import { TokenPrice } from './model-prices.js';
import { FolderName, Name } from './names.js';
import { Count, Microseconds, Moment } from './ranges.js';
import { Machine } from './run.js';

/** One request of a live run, and its response. */
export const LiveCall = z.strictObject({
  /** Of the response; null without one. */
  status: z.number().int().nullable(),
  /** What went wrong; null for a whole completion. */
  error: z.string().nullable(),
  /** From just before it was sent to the last byte of the response; null where that is none that counts. */
  totalUs: Microseconds.nullable(),
  /** To the first event of a stream that has content; null where nothing is streamed. */
  firstContentUs: Microseconds.nullable(),
  /** What the provider says that it took itself (`openai-processing-ms`); null where it doesn't say. */
  providerUs: Microseconds.nullable(),
  /** That the gateway says it made (`x-…-retries`, `…-retry-attempt-count`). */
  retries: Count,
  /** By the response's `usage`; null without one. */
  tokens: z.strictObject({ input: Count, output: Count }).nullable(),
  /** A connection had to be made for it. */
  newConnection: z.boolean(),
  /** Seconds until the provider wants to be asked again. */
  retryAfterS: z.number().min(0).nullable(),
});
export type LiveCall = z.infer<typeof LiveCall>;

/** A line of `pairs.jsonl`: the same question asked directly and through a gateway, in the same second. */
export const LivePair = z.strictObject({
  /** `portkey`, `litellm:workers`. */
  gateway: z.string(),
  index: Count,
  /** The first pairs make connections and fill caches: they aren't counted. */
  warmup: z.boolean(),
  first: z.enum(['direct', 'gateway']),
  at: Moment,
  direct: LiveCall,
  through: LiveCall,
});
export type LivePair = z.infer<typeof LivePair>;

/** What may be sent and spent. */
const LiveLimits = z.strictObject({
  maxRequests: Count.min(2),
  maxUsd: z.number().min(0).nullable(),
  pairsPerSec: z.number().positive(),
});
export type LiveLimits = z.infer<typeof LiveLimits>;

/** What each request asks for. */
const LiveQuestion = z.strictObject({
  prompt: z.string().min(1),
  maxTokens: Count.min(1),
  stream: z.boolean(),
  timeoutS: z.number().positive(),
});
export type LiveQuestion = z.infer<typeof LiveQuestion>;

/** Why no more pairs were sent to a gateway. */
export const LiveEnd = z.strictObject({
  gateway: z.string(),
  why: z.enum(['complete', 'requests', 'usd', 'direct-failed', 'gateway-failed', 'interrupted']),
  /** What failed; null where nothing did. */
  message: z.string().nullable(),
});
export type LiveEnd = z.infer<typeof LiveEnd>;

/** `live.json`, in the folder of a live run. The key is in none of its files. */
export const LiveRecord = z.strictObject({
  schemaVersion: z.literal(1),
  id: FolderName,
  createdAt: Moment,
  /** Null while it runs, and where it was killed. */
  endedAt: Moment.nullable(),
  harness: z.strictObject({ version: z.string(), commit: z.string().nullable() }),
  machine: Machine,
  upstream: z.strictObject({
    /** Up to `/v1`. */
    url: z.url(),
    model: z.string(),
    /** The variable that has the key. */
    keyEnv: z.string(),
    /** Whether a CA of the user's own was given. */
    ownCa: z.boolean(),
  }),
  question: LiveQuestion,
  limits: LiveLimits,
  /** Null where it isn't known. */
  price: TokenPrice.extend({ source: z.string() }).nullable(),
  seed: Count,
  gateways: z.array(z.strictObject({ gateway: Name, variant: Name, title: z.string(), version: z.string() })).min(1),
  skipped: z.array(z.strictObject({ label: z.string(), reason: z.string() })),
  ends: z.array(LiveEnd),
  spent: z.strictObject({
    /** Sent from here, and retries that gateways told of. */
    requests: Count,
    /** A request without `usage` counts as the most it can cost; null without a price. */
    usd: z.number().min(0).nullable(),
  }),
});
export type LiveRecord = z.infer<typeof LiveRecord>;
