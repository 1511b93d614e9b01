import { describe, expect, it } from 'vitest';
import { resolveVariant } from '../../src/model/resolved-gateway.js';
import { inDialects } from '../../src/plan/dialects.js';
import { engineNeeds, needsFullContract } from '../../src/plan/request-needs.js';
import { aManifest } from '../support/manifest.js';
import { aScenario } from '../support/scenario.js';

const plain = aScenario();

function speaking(client?: 'anthropic-messages' | 'openai-responses', upstream?: 'anthropic-messages') {
  return {
    request: { ...plain.request, ...(client ? { dialect: client } : {}) },
    upstream: { ...plain.upstream, ...(upstream ? { dialect: upstream } : {}) },
  };
}

describe('dialects', () => {
  const gateway = resolveVariant(
    aManifest({
      request: { model: 'm', headers: { a: '1' } },
      dialects: [
        {
          client: 'anthropic-messages',
          upstream: 'openai-chat',
          request: { headers: { b: '2' } },
          process: { environment: { MODE: 'x' } },
        },
      ],
    }),
    'default',
    '/gateways/x',
  );

  it('leave a gateway as it is in chat completions', () => {
    expect(inDialects(gateway, speaking())).toEqual({ gateway });
  });

  it('add what the manifest says of a pair, and the path of the client’s dialect', () => {
    const fitted = inDialects(gateway, speaking('anthropic-messages'));
    if (!('gateway' in fitted) || fitted.gateway.kind !== 'process') throw new Error('not fitted');
    expect(fitted.gateway.request).toEqual({
      path: '/v1/messages',
      model: 'm',
      headers: { 'anthropic-version': '2023-06-01', a: '1', b: '2' },
    });
    expect(fitted.gateway.process.environment).toMatchObject({ MODE: 'x' });
  });

  it('say why a gateway can’t be asked so', () => {
    expect(inDialects(gateway, speaking('openai-responses'))).toMatchObject({
      reason: "it doesn't take openai-responses for an upstream of openai-chat",
    });
    expect(inDialects(gateway, speaking('anthropic-messages', 'anthropic-messages'))).toHaveProperty('reason');
  });
});

describe('what a scenario needs', () => {
  it('is nothing where it is plain, and the published answers then', () => {
    expect(engineNeeds(plain)).toEqual([]);
    expect(needsFullContract(plain)).toBe(false);
  });

  it('is named', () => {
    const request = {
      ...plain.request,
      classes: [{ name: 'a', weight: 1 }],
      promptTokens: 'uniform(1,2)',
      dialect: 'openai-responses' as const,
    };
    expect(engineNeeds({ ...plain, request })).toEqual([
      'request.classes',
      'request.promptTokens that is drawn',
      'request.dialect openai-responses',
    ]);
    expect(needsFullContract({ ...plain, request })).toBe(true);
    const upstream = { ...plain.upstream, outputTokens: 500 };
    expect([engineNeeds({ ...plain, upstream }), needsFullContract({ ...plain, upstream })]).toEqual([[], true]);
  });
});
