import { describe, expect, it } from 'vitest';
import { whyUnreachable } from '../../../src/app/live/reach.js';
import { upstreamAddress } from '../../../src/app/live/upstream-address.js';
import { resolved } from '../../gateways/read.js';

const parsed = (text: string) => upstreamAddress(new URL(text));

describe('gateways before an endpoint', () => {
  const why = (name: string, url: string) => whyUnreachable(resolved(name, 'default'), parsed(url));

  it.each([
    'portkey',
    'litellm',
    'bifrost',
    'ferro',
    'mlflow',
    'tensorzero',
    'gomodel',
    'sglang-router',
    'agentgateway',
  ])('take any: %s', async (name) => {
    expect(await why(name, 'https://api.example/openai/v1')).toBeNull();
  });

  it('take plain HTTP alone where they are plain proxies', async () => {
    expect(await why('nginx', 'http://vllm:8000/v1')).toBeNull();
    expect(await why('nginx', 'https://vllm:8000/v1')).toContain('plain HTTP');
    expect(await why('nginx', 'http://vllm:8000/a/v1')).toContain('no path');
  });

  it('are left out where their manifest says that they can’t ask over TLS', async () => {
    const mine = { ...resolved('portkey', 'default'), tls: { upstream: { cannot: 'no setting for it' } } };
    expect(await whyUnreachable(mine, parsed('https://a/v1'))).toContain('no setting for it');
    expect(await whyUnreachable(mine, parsed('http://a/v1'))).toBeNull();
  });

  it('are left out where they would ask with a key of their own', async () => {
    expect(await why('olla', 'https://api.example/v1')).toContain('{upstreamKey}');
  });

  it('are left out where every user of the machine could read the key', async () => {
    const portkey = resolved('portkey', 'default');
    const command = [...portkey.process.command, '--key={upstreamKey}'];
    const told = await whyUnreachable({ ...portkey, process: { ...portkey.process, command } }, parsed('https://a/v1'));
    expect(told).toContain('on the command line');
  });
});
