import { describe, expect, it } from 'vitest';
import { gatewayLabel, resolveVariant, variantNames } from '../../src/model/resolved-gateway.js';
import { aManifest } from '../support/manifest.js';

describe('resolveVariant', () => {
  const manifest = aManifest({
    notes: ['of all'],
    variants: {
      many: {
        title: 'Many',
        process: { command: ['{entry}', '--many'], environment: { B: 'many' } },
        notes: ['of many'],
      },
    },
  });

  it('merges objects key by key and replaces lists', () => {
    const gateway = resolveVariant(manifest, 'many', '/somewhere');
    expect(gateway).toMatchObject({
      title: 'Many',
      version: '1.0.0',
      process: { command: ['{entry}', '--many'], environment: { A: 'base', B: 'many' }, port: 18_100 },
      notes: ['of all', 'of many'],
    });
  });

  it('leaves the default as the manifest has it', () => {
    const gateway = resolveVariant(manifest, 'default', '/somewhere');
    expect(gateway).toMatchObject({ title: 'Sample', process: { command: ['{entry}'], environment: { B: 'base' } } });
  });

  it('names variants the way people write them', () => {
    expect(variantNames(manifest)).toEqual(['default', 'many']);
    expect(gatewayLabel({ name: 'a', variant: 'default' })).toBe('a');
    expect(gatewayLabel({ name: 'a', variant: 'many' })).toBe('a:many');
  });
});
