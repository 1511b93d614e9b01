import { describe, expect, it } from 'vitest';
import { sidesOf } from '../../../src/app/live/questions.js';
import { upstreamAddress } from '../../../src/app/live/upstream-address.js';
import { resolved } from '../../gateways/read.js';

const parsed = (text: string) => upstreamAddress(new URL(text));

describe('a question', () => {
  const question = { prompt: 'Hi', maxTokens: 3, stream: true, timeoutS: 5 };
  const access = { key: 'sk-live', model: 'gpt-4o-mini' };
  const sides = (name: string, headers: Record<string, string>) => {
    const gateway = resolved(name, 'default');
    const running = { origin: 'http://127.0.0.1:1', headers };
    return sidesOf(question, { address: parsed('https://api.example/v1'), access, gateway, running });
  };

  it('is the same for both sides but for the name of the model', () => {
    const { direct, through } = sides('bifrost', {});
    const { model, ...rest } = JSON.parse(through.body);
    expect(model).toBe('openai/gpt-4o-mini');
    expect(JSON.parse(direct.body)).toEqual({ ...rest, model: 'gpt-4o-mini' });
    expect(rest).toMatchObject({ max_tokens: 3, stream: true, stream_options: { include_usage: true } });
  });

  it('has the key for the endpoint and for plain proxies, and the gateway’s own for others', () => {
    const litellm = sides('litellm', { Authorization: 'Bearer sk-gatebench' });
    expect(litellm.direct.headers).toEqual({ authorization: 'Bearer sk-live' });
    expect(litellm.through.headers).toEqual({ Authorization: 'Bearer sk-gatebench' });
    expect(sides('nginx', {}).through.headers).toEqual({ authorization: 'Bearer sk-live' });
    expect(sides('bifrost', {}).through.headers).toEqual({});
  });
});
