import { describe, expect, it } from 'vitest';
import { startSummary, withFootprints } from '../../src/analysis/footprint.js';
import { aFootprint } from '../support/footprints.js';

describe('starts', () => {
  it('have a median and a range; the resolution is that of the worst, and what was read the median', () => {
    const starts = [3, 1, 2, 5, 4].map((firstResponseS) => ({
      firstResponseS,
      uncertaintyS: firstResponseS / 100,
      requests: 9,
      readBytes: firstResponseS === 5 ? null : 100 * firstResponseS,
      otherCpuPercent: firstResponseS,
    }));
    expect(startSummary({ starts })).toEqual({
      medianS: 3,
      minS: 1,
      maxS: 5,
      uncertaintyS: 0.05,
      readBytes: 250,
      otherCpuPercent: 3,
      isDisturbed: false,
    });
  });

  it('are disturbed by what makes a cell invalid', () => {
    const at = (otherCpuPercent: number | null) => ({
      starts: aFootprint().starts.map((start) => ({ ...start, otherCpuPercent })),
    });
    expect([5, 5.1, null].map((percent) => startSummary(at(percent)).isDisturbed)).toEqual([false, true, false]);
  });
});

describe('a newer footprint', () => {
  it('replaces the one of the same gateway, version and machine, and no other', () => {
    const others = [
      aFootprint({ version: '0.9.0' }),
      aFootprint({ gateway: 'nginx' }),
      aFootprint({ variant: 'workers' }),
    ];
    const elsewhere = aFootprint({ machine: { ...aFootprint().machine, hostname: 'other' } });
    const newer = aFootprint({ measuredAt: '2026-05-01T00:00:00.000Z' });
    expect(withFootprints([aFootprint(), ...others, elsewhere], [newer])).toEqual([...others, elsewhere, newer]);
  });
});
