import { describe, expect, it } from 'vitest';
import type { ProcessGateway } from '../../src/model/resolved-gateway.js';
import { gatewayLabel, resolveVariant } from '../../src/model/resolved-gateway.js';
import { chooseGateways, type Readiness } from '../../src/plan/choose-gateways.js';
import { aManifest } from '../support/manifest.js';

const manifest = aManifest({
  name: 'ferro',
  variants: { older: { version: '0.9.0' }, newer: { version: '1.4.4', fallback: true } },
});
const variant = (name: string) => resolveVariant(manifest, name, '/gateways/ferro') as ProcessGateway;
const readyIf =
  (...labels: string[]) =>
  (gateway: { name: string; variant: string }): Readiness =>
    labels.includes(gatewayLabel(gateway))
      ? { ready: true, version: 'x' }
      : { ready: false, reason: 'not installed', hint: 'setup' };

describe('chooseGateways', () => {
  it('runs what is installed', () => {
    const [planned] = chooseGateways([variant('default')], [variant('newer')], readyIf('ferro', 'ferro:newer'));
    expect(planned).toMatchObject({ gateway: 'ferro', variant: 'default', skip: null, version: 'x' });
  });

  it('lets the stand-in run under its own name where the default is missing, and says so', () => {
    const [planned] = chooseGateways([variant('default')], [variant('newer')], readyIf('ferro:newer'));
    expect(planned).toMatchObject({ variant: 'newer', skip: null });
    expect(planned?.note).toContain('ferro 1.0.0');
  });

  it('never lets anything stand in for a variant that was asked for by name', () => {
    const [planned] = chooseGateways([variant('older')], [variant('newer')], readyIf('ferro:newer'));
    expect(planned).toMatchObject({ variant: 'older', skip: { reason: 'not installed', hint: 'setup' } });
  });

  it('plans a gateway once, however often it was asked for', () => {
    const asked = [variant('default'), variant('newer'), variant('newer')];
    expect(chooseGateways(asked, [variant('newer')], readyIf('ferro:newer'))).toHaveLength(1);
  });
});
