import { describe, expect, it } from 'vitest';
import { GatewayManifest } from '../../src/model/gateway.js';
import { gatewayLabel } from '../../src/model/resolved-gateway.js';
import { findGateway, type StoredGateway } from '../../src/store/gateways.js';
import { fakeManifest } from '../support/fake-gateway.js';

const manifest = GatewayManifest.parse({
  ...fakeManifest('mine', 8123, 'ok'),
  version: '1.0.0',
  variants: { workers: {}, '2.0.0': { version: '2.0.0' }, 'nightly-fast': { version: '3.0.0' } },
});
const place = { has: () => false, lineOf: () => 1 };
const stored = new Map<string, StoredGateway>([['mine', { manifest, folder: '/nowhere', replaces: null, place }]]);
const found = (label: string) => gatewayLabel(findGateway(stored, label));

describe('a version of a gateway', () => {
  it.each([
    ['mine@1.0.0', 'mine'],
    ['mine@v1.0.0', 'mine'],
    ['mine@2.0.0', 'mine:2.0.0'],
    ['mine@3.0.0', 'mine:nightly-fast'],
    ['mine:workers@1.0.0', 'mine:workers'],
    ['mine:2.0.0', 'mine:2.0.0'],
  ])('%s is %s', (label, variant) => {
    expect(found(label)).toBe(variant);
  });

  it.each(['mine@9.9.9', 'mine@', 'mine:workers@2.0.0'])('%s is refused, with those that there are', (label) => {
    expect(() => found(label)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('has no version'),
        hint: expect.stringContaining('mine@1.0.0, mine@2.0.0, mine@3.0.0'),
      }),
    );
  });
});
