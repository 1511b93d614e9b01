import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../../src/app/upgrade/outdated.js';
import { upstreamVersion } from '../../../src/install/registries.js';

describe('compareVersions', () => {
  it.each([
    ['1.108.7', '1.82.6', 1],
    ['1.82.6', '1.108.7', -1],
    ['v1.4.4', '1.4.4', 0],
    ['1.4', '1.4.0', 0],
    ['1.4.1', '1.4', 1],
    ['1.2.0', '1.2.0rc1', 1],
    ['1.2.0rc2', '1.2.0rc1', 1],
    ['2.0.0+build', '2.0.0', 0],
  ])('%s and %s: %d', (a, b, order) => {
    expect(compareVersions(a, b)).toBe(order);
    expect(compareVersions(b, a)).toBe(order === 0 ? 0 : -order);
  });
});

describe('upstreamVersion', () => {
  it.each([
    ['1.22.1-9+deb12u11', '1.22.1'],
    ['1:2.38.1-5', '2.38.1'],
    ['2.6.12', '2.6.12'],
    ['5:7.0.15-1~deb12u1', '7.0.15'],
  ])('of %s is %s', (version, upstream) => {
    expect(upstreamVersion(version)).toBe(upstream);
  });
});
