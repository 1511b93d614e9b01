import { UnavailableError } from '../lib/errors.js';
import { formatList } from '../lib/format.js';
import { httpRequest } from '../lib/http.js';
import type { LoadSpec } from '../load/engine.js';
import type { Scenario } from '../model/scenario.js';
import { MOCK_ACCESS } from '../model/upstream-access.js';

/** No gateway and no upstream lets it in. */
export const WRONG_KEY = 'sk-gatebench-wrong-0000000000000000';
/** Of requests to gateways whose manifest names no key. */
const OWN_KEY = MOCK_ACCESS.key;

/** What is sent. */
type KeyedRequest = Pick<LoadSpec, 'path' | 'headers' | 'body'>;

interface HowToAsk {
  timeoutS: number;
  /** Of a gateway that is asked over TLS. */
  ca?: string | undefined;
  signal: AbortSignal;
}

/** A request's headers with a right key: the gateway's own, or one for gateways that have none, where keys matter. */
export function withKey(headers: Record<string, string>, keys: Scenario['request']['keys']): Record<string, string> {
  if (keys === undefined) return headers;
  const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  return hasOwn ? headers : withBearer(headers, OWN_KEY);
}

/**
 * Ask with the keys that the scenario wants, and learn what the load is to send and to expect. The same request with a right
 * key was answered before, so a wrong one is all that can be refused.
 * @returns the headers with a wrong key and the status that refuses it, or many keys to send in turn
 * @throws UnavailableError where a wrong key is let in, or one of many isn't
 */
export async function checkKeys(
  keys: Scenario['request']['keys'],
  origin: string,
  request: KeyedRequest,
  how: HowToAsk,
): Promise<Partial<Pick<LoadSpec, 'headers' | 'refusal' | 'keys'>>> {
  if (keys === 'invalid') {
    const headers = withBearer(request.headers, WRONG_KEY);
    return { headers, refusal: refusalOf(await statusOf(origin, { ...request, headers }, how)) };
  }
  const many = manyKeys(keys);
  const [first] = many;
  if (first === undefined) return {};
  const status = await statusOf(origin, { ...request, headers: withBearer(request.headers, first) }, how);
  if (status !== 200) throw new UnavailableError(`it takes no key but its own: another one got status ${status}`);
  return { keys: many };
}

/** The keys of `many(N)`, all of one length; none of other values. */
function manyKeys(keys: Scenario['request']['keys']): string[] {
  const count = Number(/^many\((\d+)\)$/.exec(keys ?? '')?.[1] ?? 0);
  return Array.from({ length: count }, (_, index) => `${OWN_KEY}-${String(index + 1).padStart(6, '0')}`);
}

/** Headers with another bearer token. */
function withBearer(headers: Record<string, string>, key: string): Record<string, string> {
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization');
  return { ...Object.fromEntries(others), Authorization: `Bearer ${key}` };
}

async function statusOf(
  origin: string,
  { path, headers, body }: KeyedRequest,
  { timeoutS, ca, signal }: HowToAsk,
): Promise<number> {
  const url = origin + path;
  return (await httpRequest(url, { method: 'POST', headers, body, timeoutMs: timeoutS * 1000, ca, signal })).status;
}

/** Statuses that refuse a key; LiteLLM says 400 where it has no database to look for it in. */
const REFUSALS = [400, 401, 403];

function refusalOf(status: number): number {
  if (REFUSALS.includes(status)) return status;
  throw new UnavailableError(
    status === 200
      ? 'it checks no keys: a request with a wrong one was answered'
      : `it refuses a wrong key with status ${status}, which is none of ${formatList(REFUSALS.map(String))}`,
  );
}
