import { mostTokens, mostUsd } from '../../analysis/live/budget.js';
import { UsageError } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import type { LiveLimits, LiveQuestion, LiveRecord } from '../../model/live.js';
import type { TokenPrice } from '../../model/model-prices.js';
import type { UpstreamAccess } from '../../model/upstream-access.js';
import { readModelPrices } from '../../store/model-prices.js';
import { choosePresent, type PresentGateway } from '../footprint/choose.js';
import { type OwnCa, readOwnCa } from './own-ca.js';
import { whyUnreachable } from './reach.js';
import { type UpstreamAddress, upstreamAddress } from './upstream-address.js';

/** A live run as it was asked for. */
export interface LiveRequest {
  gateways: string[];
  upstream: URL;
  model: string;
  /** The environment variable that has the key. */
  keyEnv: string;
  /** File of certificates; null for the usual ones. */
  ca: string | null;
  question: LiveQuestion;
  limits: LiveLimits;
  /** Instead of `prices/models.yaml`; null for that file's. */
  price: TokenPrice | null;
  seed: number;
}

/** A live run that can begin. */
export interface LivePlan {
  request: LiveRequest;
  address: UpstreamAddress;
  access: UpstreamAccess;
  ca: OwnCa | null;
  price: LiveRecord['price'];
  gateways: PresentGateway[];
  skipped: { label: string; reason: string }[];
  /** Of each gateway. */
  pairs: number;
  warmups: number;
  /** Null without a price. */
  mostUsd: number | null;
}

/** Make connections, and fill what caches there are. */
const WARMUPS = 2;
/** What a bearer token may hold: https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const KEY = /^[A-Za-z0-9\-._~+/:]+=*$/;
/** It is written into YAML, TOML and JSON, in quotes. */
const MODEL = /^[\w./:@+-]{1,200}$/;

/**
 * Resolve a live run; nothing is sent.
 * @param environment where the key is
 * @throws UsageError for what was asked wrongly, ExpectedError where no gateway can be measured
 */
export async function planLive(request: LiveRequest, environment: NodeJS.ProcessEnv, roots: Roots): Promise<LivePlan> {
  const { limits, question, model } = request;
  const address = upstreamAddress(request.upstream);
  if (!MODEL.test(model))
    throw new UsageError(`--model ${model} is no name of a model`, 'name it as the provider does');
  const key = keyIn(environment, request.keyEnv);
  if (request.ca !== null && !address.isTls) {
    throw new UsageError('--ca is for an https address', 'leave it out, or correct --upstream');
  }
  const ca = request.ca === null ? null : await readOwnCa(request.ca);
  const price = await priceOf(request, roots);
  const { present, skipped: absent } = await choosePresent(request.gateways, address.port, roots);
  const skipped = absent.map(({ label, reason, hint }) => ({
    label,
    reason: [reason, hint].filter(Boolean).join('; '),
  }));
  const gateways: PresentGateway[] = [];
  for (const each of present) {
    const reason = await whyUnreachable(each.gateway, address);
    if (reason === null) gateways.push(each);
    else skipped.push({ label: each.label, reason });
  }
  if (gateways.length === 0) {
    const reasons = skipped.map(({ label, reason }) => `${label}: ${reason}`).join('; ');
    throw new UsageError(`no gateway can be put before ${address.url}: ${reasons}`, 'choose others');
  }
  const pairs = Math.floor(limits.maxRequests / 2 / gateways.length);
  if (pairs <= WARMUPS) {
    throw new UsageError(
      `--max-requests ${limits.maxRequests} leaves ${pairs} pairs for each gateway, of which ${WARMUPS} only warm up`,
      `allow more: ${2 * gateways.length * (WARMUPS + 50)} are 50 pairs that count`,
    );
  }
  const most = mostTokens(question);
  return {
    request,
    address,
    access: { key, model },
    ca,
    price,
    gateways,
    skipped,
    pairs,
    warmups: WARMUPS,
    mostUsd: mostUsd(limits, price, most),
  };
}

function keyIn(environment: NodeJS.ProcessEnv, name: string): string {
  const key = environment[name] ?? '';
  if (key === '') {
    throw new UsageError(
      `there is no key: the variable ${name} is not set`,
      `export ${name}=..., or name another one with --key-env; an endpoint without keys takes any`,
    );
  }
  if (KEY.test(key)) return key;
  throw new UsageError(
    `the variable ${name} holds no key: it has characters that a bearer token can't have`,
    'look for spaces, quotes and line ends in it',
  );
}

async function priceOf({ price, model, limits }: LiveRequest, roots: Roots): Promise<LiveRecord['price']> {
  if (price !== null) return { ...price, source: 'the command line' };
  const found = (await readModelPrices(roots.modelPrices)).models.find((each) => each.model === model);
  if (found === undefined) {
    if (limits.maxUsd === null) return null;
    throw new UsageError(
      `the price of ${model} isn't known, so --max-usd can't be kept`,
      'give it with --usd-per-million-input and --usd-per-million-output',
    );
  }
  const { usdPerMillionInput, usdPerMillionOutput, asOf, source } = found;
  return { usdPerMillionInput, usdPerMillionOutput, source: `${source}, read on ${asOf}` };
}
