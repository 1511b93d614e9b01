import { expect, it } from 'vitest';
import { fittedGateway, readinessFor, requireEngineFits } from '../../../src/app/bench/fit-scenario.js';
import { resolveVariant } from '../../../src/model/resolved-gateway.js';
import { aManifest } from '../../support/manifest.js';
import { aScenario } from '../../support/scenario.js';

const overTls = aScenario({}, false, { tls: { client: true } });
const gateway = resolveVariant(aManifest({ tls: { client: { process: { cwd: '/tls' } } } }), 'default', '/gateways/x');
const installed = { ready: true as const, version: '1' };

it.each([
  [{ name: 'native', mixes: true, tls: true }, true],
  [{ name: 'k6', tls: true }, true],
  [{ name: 'wrk' }, false],
])('engine %j over TLS: %s', (engine, can) => {
  const require = () => requireEngineFits(engine, overTls);
  if (can) expect(require).not.toThrow();
  else expect(require).toThrow("the engine wrk can't check the certificate of a run");
});

it('a gateway over TLS is a process that has the certificate', () => {
  expect(readinessFor(overTls, gateway, installed)).toEqual(installed);
  expect(fittedGateway(overTls, gateway)).toMatchObject({ process: { cwd: '/tls' } });
  expect(readinessFor(overTls, gateway, { ...installed, image: 'image@sha256:0' })).toMatchObject({
    ready: false,
    reason: "a container doesn't see the run's certificate",
  });
});
