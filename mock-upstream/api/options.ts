import { type FaultRule, sharesProblem } from '../../common/fault.js';
import type { LatencyModel } from '../../common/latency.js';
import type { CountModel } from '../../common/token-counts.js';

/** What the flags beyond the published mock's set. */
export interface ApiOptions {
  /** `published`: the answers of the published benchmark's mock, byte for byte; `full`: all that the APIs answer. */
  contract: 'published' | 'full';
  /** The keys that are let in; null for anyone. */
  apiKeys: readonly string[] | null;
  /** Keys that are refused, whoever else is let in; null for none. */
  refusedKeys: readonly string[] | null;
  /** Tokens of an answer in words; null for the default text. */
  outputTokens: CountModel | null;
  /** The text of every answer in words; null for another. */
  text: string | null;
  /** Time to the first token; null for the latency. */
  ttft: LatencyModel | null;
  /** Pause after each token; null for that of `--stream-chunk-delay-ms`. */
  gap: LatencyModel | null;
  faults: readonly FaultRule[];
  /** No request fails before the first `POST /__stats/reset`. */
  faultsFromReset: boolean;
  /** Requests that are worked on at a time, and how many more may wait; null for no limit. */
  concurrency: number | null;
  queue: number | null;
  /** For each key; null for no limit. */
  requestsPerMin: number | null;
  tokensPerMin: number | null;
  /** Origin that browsers may call from; null for none. */
  cors: string | null;
  /** Print a line for each request. */
  log: boolean;
}

export const DEFAULT_API: Readonly<ApiOptions> = {
  contract: 'published',
  apiKeys: null,
  refusedKeys: null,
  outputTokens: null,
  text: null,
  ttft: null,
  gap: null,
  faults: [],
  faultsFromReset: false,
  concurrency: null,
  queue: null,
  requestsPerMin: null,
  tokensPerMin: null,
  cors: '*',
  log: false,
};

/** Whether a benchmark's requests can be answered as they always were: nothing else may cost them anything. */
export function isPlain(api: ApiOptions): boolean {
  const names = Object.keys(DEFAULT_API) as (keyof ApiOptions)[];
  // In the published contract nobody is told of origins.
  return names.every((name) => name === 'cors' || api[name] === DEFAULT_API[name]);
}

/** Why options don't go together; null where they do. @param processes that share the port */
export function contradiction(api: ApiOptions, processes: number): string | null {
  if (api.contract === 'published') {
    if (api.outputTokens !== null) return '-output-tokens needs -contract full: the published answers have one length';
    if (api.text !== null) return '-text needs -contract full: the published answers have one text';
  }
  if (api.outputTokens !== null && api.text !== null) return '-output-tokens and -text contradict each other';
  if (api.queue !== null && api.concurrency === null) return '-queue needs -concurrency: nothing waits without a limit';
  if (processes > 1) {
    if (api.concurrency !== null) return '-concurrency needs -processes 1: each process would count by itself';
    if (api.requestsPerMin !== null) return '-requests-per-min needs -processes 1: each process would count by itself';
    if (api.tokensPerMin !== null) return '-tokens-per-min needs -processes 1: each process would count by itself';
  }
  return sharesProblem(api.faults);
}
