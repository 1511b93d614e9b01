/** What a provider says about a limit: how much of it is left, and when all of it is there again. */
export interface LimitState {
  limit: number;
  remaining: number;
  resetMs: number;
}

export interface RateLimitState {
  requests: LimitState | null;
  tokens: LimitState | null;
  /** Until the request would have been let through; null where it was. */
  retryAfterMs: number | null;
}

const MINUTE_MS = 60_000;
/** Beyond it the keys that were seen first are forgotten, and have their whole limit again. */
const MAX_KEYS = 100_000;

/** A token bucket: it holds a minute's worth, and fills evenly. */
interface Bucket {
  level: number;
  atMs: number;
}

/** Requests and tokens a minute, for each key by itself. */
export class RateLimit {
  readonly #requests = new Map<string, Bucket>();
  readonly #tokens = new Map<string, Bucket>();

  /** null for no limit. */
  constructor(
    private readonly requestsPerMin: number | null,
    private readonly tokensPerMin: number | null,
  ) {}

  /** Count a request, unless a limit is in its way. A request larger than the whole limit passes when all of it is there. */
  take(key: string, tokens: number, nowMs: number): RateLimitState {
    const requests = bucketOf(this.#requests, key, this.requestsPerMin, nowMs);
    const tokenBucket = bucketOf(this.#tokens, key, this.tokensPerMin, nowMs);
    const waitMs = Math.max(waitFor(requests, 1, this.requestsPerMin), waitFor(tokenBucket, tokens, this.tokensPerMin));
    if (waitMs === 0) {
      if (requests) requests.level -= 1;
      if (tokenBucket) tokenBucket.level -= tokens;
    }
    return {
      requests: stateOf(requests, this.requestsPerMin),
      tokens: stateOf(tokenBucket, this.tokensPerMin),
      retryAfterMs: waitMs > 0 ? waitMs : null,
    };
  }
}

function bucketOf(buckets: Map<string, Bucket>, key: string, perMin: number | null, nowMs: number): Bucket | null {
  if (perMin === null) return null;
  let bucket = buckets.get(key);
  if (!bucket) {
    const [oldest] = buckets.keys();
    if (buckets.size >= MAX_KEYS && oldest !== undefined) buckets.delete(oldest);
    bucket = { level: perMin, atMs: nowMs };
    buckets.set(key, bucket);
  }
  bucket.level = Math.min(perMin, bucket.level + ((nowMs - bucket.atMs) * perMin) / MINUTE_MS);
  bucket.atMs = nowMs;
  return bucket;
}

function waitFor(bucket: Bucket | null, amount: number, perMin: number | null): number {
  if (!bucket || perMin === null) return 0;
  const missing = Math.min(amount, perMin) - bucket.level;
  return missing > 0 ? Math.ceil((missing * MINUTE_MS) / perMin) : 0;
}

function stateOf(bucket: Bucket | null, perMin: number | null): LimitState | null {
  if (!bucket || perMin === null) return null;
  const remaining = Math.max(0, Math.floor(bucket.level));
  return { limit: perMin, remaining, resetMs: Math.ceil(((perMin - bucket.level) * MINUTE_MS) / perMin) };
}

/** Headers as OpenAI names them, each ending with CR LF. */
export function openAiLimitFields({ requests, tokens }: RateLimitState): string {
  return `${openAiFields('requests', requests)}${openAiFields('tokens', tokens)}`;
}

function openAiFields(unit: string, state: LimitState | null): string {
  if (!state) return '';
  return (
    `x-ratelimit-limit-${unit}: ${state.limit}\r\n` +
    `x-ratelimit-remaining-${unit}: ${state.remaining}\r\n` +
    `x-ratelimit-reset-${unit}: ${formatReset(state.resetMs)}\r\n`
  );
}

/** Headers as Anthropic names them, each ending with CR LF. @param nowMs Unix milliseconds */
export function anthropicLimitFields({ requests, tokens }: RateLimitState, nowMs: number): string {
  return `${anthropicFields('requests', requests, nowMs)}${anthropicFields('tokens', tokens, nowMs)}`;
}

function anthropicFields(unit: string, state: LimitState | null, nowMs: number): string {
  if (!state) return '';
  const reset = new Date(nowMs + state.resetMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return (
    `anthropic-ratelimit-${unit}-limit: ${state.limit}\r\n` +
    `anthropic-ratelimit-${unit}-remaining: ${state.remaining}\r\n` +
    `anthropic-ratelimit-${unit}-reset: ${reset}\r\n`
  );
}

/** As OpenAI writes it: `12ms`, `6.5s`, `1m0s`. */
export function formatReset(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  if (ms < 59_950) return `${Math.round(ms / 100) / 10}s`;
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
