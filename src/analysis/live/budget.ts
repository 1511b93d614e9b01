import type { LiveCall, LiveLimits } from '../../model/live.js';
import type { TokenPrice } from '../../model/model-prices.js';

type Tokens = NonNullable<LiveCall['tokens']>;
type Counted = Pick<LiveCall, 'tokens' | 'retries'>;

/** What the form of a chat takes besides its text: a few tokens a message with every provider. */
const TOKENS_OF_FORM = 32;
const PER_MILLION = 1e6;

/** The most tokens that a request can take: none is shorter than a byte, and the answer is cut off. */
export function mostTokens({ prompt, maxTokens }: { prompt: string; maxTokens: number }): Tokens {
  return { input: new TextEncoder().encode(prompt).length + TOKENS_OF_FORM, output: maxTokens };
}

/** What tokens cost. */
export function usdOf({ input, output }: Tokens, price: TokenPrice): number {
  return (input * price.usdPerMillionInput + output * price.usdPerMillionOutput) / PER_MILLION;
}

/**
 * Counts requests and dollars, and says whether a pair more may be sent. Nothing is sent that could pass a limit: a request
 * counts as the most it can cost until its response says what it did, and for good where it doesn't.
 */
export class Budget {
  #requests = 0;
  #usd = 0;
  /** Of one request: more than was thought, once a response says so. */
  #most: Tokens;
  /** The most that the gateway has told of for one request. */
  #mostRetries = 0;

  constructor(
    private readonly limits: Pick<LiveLimits, 'maxRequests' | 'maxUsd'>,
    private readonly price: TokenPrice | null,
    most: Tokens,
  ) {
    this.#most = most;
  }

  /** The limit that another pair could pass; null where it may be sent. */
  limit(): 'requests' | 'usd' | null {
    const requests = 2 + this.#mostRetries;
    if (this.#requests + requests > this.limits.maxRequests) return 'requests';
    const { maxUsd } = this.limits;
    if (maxUsd === null || this.price === null) return null;
    return this.#usd + requests * usdOf(this.#most, this.price) > maxUsd ? 'usd' : null;
  }

  /** Another gateway retries as it likes. */
  beginGateway(): void {
    this.#mostRetries = 0;
  }

  /** A request that was sent. */
  count({ tokens, retries }: Counted): void {
    this.#requests += 1 + retries;
    this.#mostRetries = Math.max(this.#mostRetries, retries);
    if (tokens !== null) {
      const { input, output } = this.#most;
      this.#most = { input: Math.max(input, tokens.input), output: Math.max(output, tokens.output) };
    }
    if (this.price === null) return;
    this.#usd += usdOf(tokens ?? this.#most, this.price) + retries * usdOf(this.#most, this.price);
  }

  /** Until now. */
  spent(): { requests: number; usd: number | null } {
    return { requests: this.#requests, usd: this.price === null ? null : this.#usd };
  }
}

/** The most that a run can cost; null without a price. */
export function mostUsd(
  { maxRequests, maxUsd }: Pick<LiveLimits, 'maxRequests' | 'maxUsd'>,
  price: TokenPrice | null,
  most: Tokens,
): number | null {
  if (price === null) return null;
  return Math.min(maxRequests * usdOf(most, price), maxUsd ?? Number.POSITIVE_INFINITY);
}
