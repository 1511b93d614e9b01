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

  it('is skipped where the stand-in is missing too, or is another gateway’s', () => {
    const other = resolveVariant(aManifest({ name: 'other' }), 'default', '/gateways/other');
    for (const [fallbacks, ready] of [
      [[variant('newer')], readyIf()],
      [[other], readyIf('other')],
    ] as const) {
      const [planned] = chooseGateways([variant('default')], fallbacks, ready);
      expect(planned).toMatchObject({ gateway: 'ferro', variant: 'default', skip: { reason: 'not installed' } });
    }
  });

  it('keeps the image and the note of what runs, and has none of either where there are none', () => {
    const bare = { ready: true, version: 'x' } as const;
    const full = { ...bare, image: 'ferro:1', note: 'built here' };
    const [withBoth] = chooseGateways([variant('default')], [], () => full);
    expect(withBoth).toMatchObject({ image: 'ferro:1', note: 'built here' });
    const [withNone] = chooseGateways([variant('default')], [], () => bare);
    expect(Object.keys(withNone ?? {}).sort()).toEqual(['gateway', 'skip', 'title', 'variant', 'version']);
    const ready = (image: object) => (gateway: { variant: string }) =>
      gateway.variant === 'newer' ? { ...bare, ...image } : readyIf()({ name: 'ferro', variant: 'default' });
    const [replaced] = chooseGateways([variant('default')], [variant('newer')], ready({ image: 'ferro:2' }));
    expect(replaced).toMatchObject({ variant: 'newer', image: 'ferro:2' });
    expect(chooseGateways([variant('default')], [variant('newer')], ready({}))[0]).not.toHaveProperty('image');
  });

  it('keeps gateways apart that only share a variant’s name', () => {
    const other = resolveVariant(aManifest({ name: 'other' }), 'default', '/gateways/other');
    expect(chooseGateways([variant('default'), other], [], readyIf('ferro', 'other'))).toHaveLength(2);
  });

  it('plans a gateway once, however often it was asked for', () => {
    const asked = [variant('default'), variant('newer'), variant('newer')];
    expect(chooseGateways(asked, [variant('newer')], readyIf('ferro:newer'))).toHaveLength(1);
  });
});
