import { InvalidArgumentError, Option } from 'commander';
import { MAX_SEED } from '../../../common/upstream-limits.js';
import type { LiveRequest } from '../../app/live/plan-live.js';
import { UsageError } from '../../lib/errors.js';
import { MAX_TIMEOUT_S } from '../../model/bounds.js';
import type { TokenPrice } from '../../model/model-prices.js';
import { durationParser, namesParser, parseWhole } from './cell-options.js';
import { parseUrl } from './parse-url.js';

const DEFAULTS = {
  keyEnv: 'GATEBENCH_UPSTREAM_KEY',
  maxRequests: 100,
  pairsPerSec: 1,
  maxTokens: 16,
  timeoutS: 60,
  prompt: 'Reply with the word "ready" and nothing else.',
} as const;
const MAX_REQUESTS = 100_000;
const MAX_PAIRS_PER_SEC = 5;
const MAX_TOKENS = 100_000;
const MAX_USD = 10_000;

/** What {@link liveOptions} parse to. */
export interface LiveFlags {
  gateways: string[];
  upstream: URL;
  model: string;
  keyEnv: string;
  maxRequests: number;
  maxUsd?: number;
  usdPerMillionInput?: number;
  usdPerMillionOutput?: number;
  pairsPerSec: number;
  stream?: boolean;
  prompt: string;
  maxTokens: number;
  ca?: string;
  timeout: number;
  seed?: number;
}

export function liveOptions(): Option[] {
  return [
    new Option('-g, --gateways <gateways>', 'gateways, each name, name:variant or a set such as @today')
      .argParser(namesParser('portkey,litellm'))
      .makeOptionMandatory(),
    new Option(
      '--upstream <url>',
      'the endpoint, up to /v1, such as https://api.openai.com/v1; nothing is sent elsewhere',
    )
      .argParser(parseUrl)
      .makeOptionMandatory(),
    new Option('--model <name>', 'the model, as the endpoint calls it').makeOptionMandatory(),
    new Option('--key-env <variable>', 'the environment variable that has the key').default(DEFAULTS.keyEnv),
    new Option('--max-requests <n>', 'the most requests: of both sides, and retries that gateways tell of')
      .argParser((text) => parseWhole(text, { min: 2, max: MAX_REQUESTS }, 'a number of requests'))
      .default(DEFAULTS.maxRequests),
    new Option(
      '--max-usd <usd>',
      'the most that the requests may cost, by prices/models.yaml or the two below',
    ).argParser(parseUsd),
    new Option('--usd-per-million-input <usd>', 'what a million tokens of prompts cost').argParser(parseUsd),
    new Option('--usd-per-million-output <usd>', 'what a million tokens of answers cost').argParser(parseUsd),
    new Option('--pairs-per-sec <n>', `pairs of requests a second, at most ${MAX_PAIRS_PER_SEC}`)
      .argParser(parsePairsPerSec)
      .default(DEFAULTS.pairsPerSec),
    new Option('--stream', 'ask for streams, and measure the time to the first content too'),
    new Option('--prompt <text>', 'what is asked').default(DEFAULTS.prompt),
    new Option('--max-tokens <n>', 'the longest answer')
      .argParser((text) => parseWhole(text, { min: 1, max: MAX_TOKENS }, 'a number of tokens'))
      .default(DEFAULTS.maxTokens),
    new Option(
      '--ca <file>',
      "certificates to trust besides the usual ones, in PEM: for an endpoint with its own CA's",
    ),
    new Option('--timeout <time>', 'for each response')
      .argParser(durationParser({ min: 1, max: MAX_TIMEOUT_S }))
      .default(DEFAULTS.timeoutS, `${DEFAULTS.timeoutS}s`),
    new Option('--seed <n>', 'seed for the order within pairs (default: random, recorded)').argParser((text) =>
      parseWhole(text, { min: 0, max: MAX_SEED }, 'a seed'),
    ),
  ];
}

/** @throws UsageError for options that don't fit together */
export function liveRequest(flags: LiveFlags, randomSeed: number): LiveRequest {
  const { gateways, upstream, model, keyEnv, ca, seed, prompt, maxTokens, stream, timeout } = flags;
  const { maxRequests, maxUsd, pairsPerSec } = flags;
  return {
    gateways,
    upstream,
    model,
    keyEnv,
    ca: ca ?? null,
    question: { prompt, maxTokens, stream: stream === true, timeoutS: timeout },
    limits: { maxRequests, maxUsd: maxUsd ?? null, pairsPerSec },
    price: priceOf(flags),
    seed: seed ?? randomSeed,
  };
}

function priceOf({ usdPerMillionInput: input, usdPerMillionOutput: output }: LiveFlags): TokenPrice | null {
  if (input === undefined && output === undefined) return null;
  if (input !== undefined && output !== undefined) return { usdPerMillionInput: input, usdPerMillionOutput: output };
  throw new UsageError(
    '--usd-per-million-input and --usd-per-million-output make a price together',
    'give both, or neither',
  );
}

function parseUsd(text: string): number {
  const usd = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && usd <= MAX_USD) return usd;
  throw new InvalidArgumentError(`"${text}" is no sum in US dollars: write it as 0.50, at most ${MAX_USD}`);
}

function parsePairsPerSec(text: string): number {
  const rate = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rate > 0 && rate <= MAX_PAIRS_PER_SEC) return rate;
  throw new InvalidArgumentError(
    `"${text}" is no rate of pairs: more than 0, and at most ${MAX_PAIRS_PER_SEC} a second`,
  );
}
