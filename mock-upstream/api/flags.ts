import { parseFaultRule } from '../../common/fault.js';
import { parseLatency } from '../../common/latency.js';
import { parseTokenCounts } from '../../common/token-counts.js';
import { type Setter, wholeNumber } from '../flag-setters.js';
import type { ApiOptions } from './options.js';

const MAX_COUNT = 1_000_000;
const MAX_PER_MIN = 1_000_000_000;

/** The flags that go beyond the published mock's. */
export const API_FLAGS = new Map<string, Setter<ApiOptions>>([
  ['contract', setContract],
  ['api-key', keysSetter('apiKeys')],
  ['refuse-key', keysSetter('refusedKeys')],
  ['output-tokens', setOutputTokens],
  ['text', setText],
  ['ttft', latencySetter('ttft')],
  ['gap', latencySetter('gap')],
  ['fault', addFault],
  ['concurrency', wholeNumber(1, MAX_COUNT, (api, concurrency) => Object.assign(api, { concurrency }))],
  ['queue', wholeNumber(0, MAX_COUNT, (api, queue) => Object.assign(api, { queue }))],
  ['requests-per-min', wholeNumber(1, MAX_PER_MIN, (api, requestsPerMin) => Object.assign(api, { requestsPerMin }))],
  ['tokens-per-min', wholeNumber(1, MAX_PER_MIN, (api, tokensPerMin) => Object.assign(api, { tokensPerMin }))],
  ['cors', setCors],
]);

function setContract(api: ApiOptions, text: string): string | null {
  if (text !== 'published' && text !== 'full') return 'it is published or full';
  api.contract = text;
  return null;
}

/** Adds up: keys may be many. */
function keysSetter(name: 'apiKeys' | 'refusedKeys'): Setter<ApiOptions> {
  return (api, text) => {
    const keys = text.split(',').map((key) => key.trim());
    if (keys.some((key) => !/^[\x21-\x7e]+$/.test(key)))
      return 'it names keys without blanks, with commas between them';
    api[name] = [...(api[name] ?? []), ...keys];
    return null;
  };
}

function setOutputTokens(api: ApiOptions, text: string): string | null {
  const parsed = parseTokenCounts(text);
  if (!parsed.ok) return parsed.why;
  api.outputTokens = parsed.model;
  return null;
}

function setText(api: ApiOptions, text: string): string | null {
  if (text === '') return 'it is the text of every answer';
  api.text = text;
  return null;
}

function latencySetter(name: 'ttft' | 'gap'): Setter<ApiOptions> {
  return (api, text) => {
    const parsed = parseLatency(text);
    if (!parsed.ok) return parsed.why;
    api[name] = parsed.model;
    return null;
  };
}

/** Adds up: each is a rule of its own. */
function addFault(api: ApiOptions, text: string): string | null {
  const parsed = parseFaultRule(text);
  if (!parsed.ok) return parsed.why;
  api.faults = [...api.faults, parsed.value];
  return null;
}

function setCors(api: ApiOptions, text: string): string | null {
  if (text !== '*' && text !== 'none' && !/^https?:\/\/[^\s/]+$/.test(text)) {
    return 'it is an origin such as http://localhost:5173, * for any, or none';
  }
  api.cors = text === 'none' ? null : text;
  return null;
}
