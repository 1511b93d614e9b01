import type { LoadSpec } from '../../../src/load/engine.js';

/** A load spec; what a test doesn't say is plausible. */
export function aSpec(over: Partial<LoadSpec> = {}): LoadSpec {
  return {
    origin: 'http://127.0.0.1:1',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }),
    stream: false,
    texts: null,
    vus: 4,
    warmupS: 1,
    durationS: 1,
    timeoutS: 5,
    ...over,
  };
}
