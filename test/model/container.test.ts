import { describe, expect, it } from 'vitest';
import { ContainerSpec, ImageReference, withoutTag } from '../../src/model/container.js';
import { resolveVariant } from '../../src/model/resolved-gateway.js';
import { aManifest } from '../support/manifest.js';

const SUM = `sha256:${'0a'.repeat(32)}`;

describe('ImageReference', () => {
  it.each([
    ['a digest', `docker.io/portkeyai/gateway@${SUM}`],
    ['a digest with a tag', `portkeyai/gateway:1.15.2@${SUM}`],
    ['a registry with a port', `localhost:5000/mine@${SUM}`],
    ['an image ID', SUM],
  ])('takes %s', (_what, reference) => {
    expect(ImageReference.parse(reference)).toBe(reference);
  });

  it.each([
    ['a tag', 'portkeyai/gateway:1.15.2'],
    ['latest', 'portkeyai/gateway'],
    ['a short ID', SUM.slice(0, 19)],
    ['another sum', `portkeyai/gateway@sha512:${'0'.repeat(64)}`],
    ['what an engine would take for an option', `--privileged@${SUM}`],
  ])('refuses %s', (_what, reference) => {
    expect(ImageReference.safeParse(reference).error?.issues[0]?.message).toMatch(/pinned by digest/);
  });
});

it('an engine is given no tag beside a digest', () => {
  expect(withoutTag(`portkeyai/gateway:1.15.2@${SUM}`)).toBe(`portkeyai/gateway@${SUM}`);
  expect(withoutTag(`localhost:5000/mine@${SUM}`)).toBe(`localhost:5000/mine@${SUM}`);
  expect(withoutTag(`localhost:5000/mine:1@${SUM}`)).toBe(`localhost:5000/mine@${SUM}`);
  expect(withoutTag(SUM)).toBe(SUM);
});

it('files go to places that a mount can be written for', () => {
  const file = (to: string) => ContainerSpec.safeParse({ image: SUM, files: [{ template: 'a', to }] }).success;
  expect(file('/etc/a.yaml')).toBe(true);
  for (const to of ['etc/a.yaml', '/etc/a,readonly=false', '/etc/a:rw', '/etc/"a']) expect(file(to), to).toBe(false);
});

it('a variant replaces the whole container, and null means none', () => {
  const other = `sha256:${'0b'.repeat(32)}`;
  const manifest = aManifest({
    container: { image: SUM, environment: { A: 'base' } },
    variants: { other: { container: { image: other } }, outside: { container: null }, same: { title: 'Same' } },
  });
  const containerOf = (variant: string) => {
    const gateway = resolveVariant(manifest, variant, '/');
    return gateway.kind === 'process' ? gateway.container : undefined;
  };
  expect(containerOf('other')).toEqual({ image: other, environment: {}, files: [], init: true });
  expect(containerOf('outside')).toBeNull();
  expect(containerOf('same')).toMatchObject({ image: SUM, environment: { A: 'base' } });
  expect(resolveVariant(aManifest(), 'default', '/')).toHaveProperty('container', null);
});
