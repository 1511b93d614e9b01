import { describe, expect, it } from 'vitest';
import { problemOf, tokensOf, toldByHeaders } from '../../../src/run/live/read-call.js';

describe('headers', () => {
  it('tell how long the provider took, whatever a gateway calls it', () => {
    expect(toldByHeaders({ 'openai-processing-ms': '412' }).providerUs).toBe(412_000);
    expect(toldByHeaders({ 'llm_provider-openai-processing-ms': '7' }).providerUs).toBe(7_000);
    expect(toldByHeaders({ 'openai-processing-ms': 'soon' }).providerUs).toBeNull();
  });

  it.each(['x-litellm-attempted-retries', 'x-portkey-retry-attempt-count', 'x-any-retries'])(
    'tell of retries: %s',
    (name) => {
      expect(toldByHeaders({ [name]: '2' }).retries).toBe(2);
      expect(toldByHeaders({ [name]: '0', 'x-litellm-max-retries-allowed': '5' }).retries).toBe(0);
    },
  );

  it('tell when to ask again, in seconds or by a date', () => {
    expect(toldByHeaders({ 'retry-after': '12' })).toMatchObject({ retryAfterS: 12, retries: 0 });
    const soon = new Date(Date.now() + 3_600_000).toUTCString();
    expect(toldByHeaders({ 'retry-after': soon }).retryAfterS).toBeGreaterThan(3_000);
    expect(toldByHeaders({ 'retry-after': 'tomorrow' }).retryAfterS).toBeNull();
  });
});

const USAGE = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
const choice = { index: 0, message: { role: 'assistant', content: 'ready' }, finish_reason: 'stop' };
const COMPLETION = JSON.stringify({ object: 'chat.completion', choices: [choice], usage: USAGE });
const frame = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const TEXT = frame({ choices: [{ index: 0, delta: { content: 'ready' } }], usage: null });
const STREAM = `${TEXT}${frame({ choices: [], usage: USAGE })}data: [DONE]\n\n`;

describe('a body', () => {
  it('says how many tokens it took', () => {
    expect(tokensOf(COMPLETION, false)).toEqual({ input: 9, output: 3 });
    expect(tokensOf(STREAM, true)).toEqual({ input: 9, output: 3 });
    expect(tokensOf(TEXT, true)).toBeNull();
    expect(tokensOf('{"usage":{"prompt_tokens":-1,"completion_tokens":1}}', false)).toBeNull();
  });

  it('is a whole completion, or what is wrong with it is said', () => {
    expect([problemOf(200, COMPLETION, false), problemOf(200, STREAM, true)]).toEqual([null, null]);
    expect(problemOf(200, TEXT, true)).toContain('[DONE]');
    expect(problemOf(401, '{"error":{"message":"no such\\nkey"}}', false)).toBe('status 401: no such key');
    expect(problemOf(502, '', false)).toBe('status 502: empty body');
    expect(problemOf(500, 'x'.repeat(1000), false)?.length).toBeLessThan(250);
  });
});
