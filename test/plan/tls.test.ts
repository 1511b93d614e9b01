import { describe, expect, it } from 'vitest';
import { resolveVariant } from '../../src/model/resolved-gateway.js';
import { Scenario } from '../../src/model/scenario.js';
import { overTls, upstreamOverTls } from '../../src/plan/tls.js';
import { aManifest } from '../support/manifest.js';
import { aScenario } from '../support/scenario.js';

function gatewayWith(tls: object, variants: object = {}, variant = 'default') {
  return resolveVariant(aManifest({ tls, variants }), variant, '/gateways/x');
}

function over(client: boolean, upstream: boolean) {
  return aScenario({}, false, { tls: { client, upstream } });
}

function processOf(fitted: ReturnType<typeof overTls>) {
  if (!('gateway' in fitted) || fitted.gateway.kind !== 'process') throw new Error('not fitted');
  return fitted.gateway.process;
}

describe('a scenario’s tls', () => {
  it('names a side at least, and leaves the other one plain', () => {
    expect(aScenario({}, false, { tls: { client: true } }).tls).toEqual({ client: true, upstream: false });
    expect(() => over(false, false)).toThrow('client or upstream has to be true');
    expect(() => Scenario.parse({ ...aScenario(), tls: { server: true } })).toThrow('server');
  });
});

describe('overTls', () => {
  const both = {
    client: { process: { environment: { CERT: '{tlsCert}' }, files: [{ template: 'tls', to: 'a' }] } },
    upstream: { process: { environment: { CA: '{tlsCa}' }, files: [{ template: 'tls-upstream', to: 'a' }] } },
  };

  it('leaves a gateway as it is without TLS', () => {
    const gateway = gatewayWith({});
    expect(overTls(gateway, aScenario())).toEqual({ gateway });
  });

  it('takes what the manifest says of the sides that speak TLS, the client’s over the upstream’s', () => {
    const environments = [over(true, false), over(false, true), over(true, true)].map(
      (scenario) => processOf(overTls(gatewayWith(both), scenario)).environment,
    );
    expect(environments).toEqual([
      { A: 'base', B: 'base', CERT: '{tlsCert}' },
      { A: 'base', B: 'base', CA: '{tlsCa}' },
      { A: 'base', B: 'base', CERT: '{tlsCert}', CA: '{tlsCa}' },
    ]);
    expect(processOf(overTls(gatewayWith(both), over(true, true))).files).toEqual([{ template: 'tls', to: 'a' }]);
  });

  it('says why a gateway can’t be measured so', () => {
    expect(overTls(gatewayWith({ upstream: {} }), over(true, true))).toEqual({
      reason: 'it was not tried whether it can take requests over TLS',
      hint: 'if it can, say how in tls.client of gateway.yaml of sample',
    });
    expect(overTls(gatewayWith({ client: {}, upstream: { cannot: 'no setting' } }), over(false, true))).toMatchObject({
      reason: "it can't ask its upstream over TLS: no setting",
    });
  });

  it('takes a side of a variant in place of the manifest’s', () => {
    const gateway = gatewayWith(both, { other: { tls: { client: { cannot: 'no file for it' } } } }, 'other');
    expect(overTls(gateway, over(true, false))).toHaveProperty('reason', expect.stringContaining('no file for it'));
    expect(processOf(overTls(gateway, over(false, true))).environment).toHaveProperty('CA');
  });
});

it('direct’s upstream speaks TLS wherever anything does', () => {
  const kinds = [{ kind: 'direct' }, { kind: 'process' }] as const;
  const spoken = [aScenario(), over(true, false), over(false, true)].map((scenario) =>
    kinds.map((gateway) => upstreamOverTls(gateway, scenario)),
  );
  expect(spoken).toEqual([
    [false, false],
    [true, false],
    [true, true],
  ]);
});
