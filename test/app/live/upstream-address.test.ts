import { describe, expect, it } from 'vitest';
import { upstreamAddress } from '../../../src/app/live/upstream-address.js';

const parsed = (text: string) => upstreamAddress(new URL(text));

describe('an endpoint', () => {
  it('is what is before its /v1, for gateways that add that themselves', () => {
    expect(parsed('https://api.openai.com/v1/')).toEqual({
      url: 'https://api.openai.com/v1',
      base: 'https://api.openai.com',
      origin: 'https://api.openai.com',
      path: '/v1/chat/completions',
      port: 443,
      hasPrefix: false,
      isTls: true,
    });
    expect(parsed('http://vllm:8000/team/a/v1')).toMatchObject({
      base: 'http://vllm:8000/team/a',
      path: '/team/a/v1/chat/completions',
      port: 8000,
      hasPrefix: true,
      isTls: false,
    });
  });

  it.each([
    'https://api.example',
    'https://api.example/v1beta/openai',
    'https://a:b@api.example/v1',
    'https://a/v1?key=x',
  ])('is refused: %s', (text) => {
    expect(() => parsed(text)).toThrow(/--upstream/);
    expect(() => parsed(text)).not.toThrow(/a:b|key=x/);
  });
});
