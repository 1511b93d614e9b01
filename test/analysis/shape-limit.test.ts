import { describe, expect, it } from 'vitest';
import type { CurveLevel, ScalingCurve } from '../../src/analysis/scaling-curve.js';
import { shapeOf } from '../../src/analysis/shape.js';
import { limitOf } from '../../src/analysis/shape-limit.js';
import { curveOf, levelOf } from '../support/curves.js';

const limited = (curve: ScalingCurve) => limitOf(shapeOf(curve), curve);

/** Flat at 850 req/s from 150 VUs on. */
function flat(facts: (vus: number) => Partial<CurveLevel>): CurveLevel[] {
  return [50, 150, 300, 500].map((vus) => levelOf({ vus, ratePerSec: vus === 50 ? 780 : 850, ...facts(vus) }));
}

describe('limitOf', () => {
  it('is nothing where the curve is linear', () => {
    const levels = [50, 150, 300].map((vus) => levelOf({ vus, ratePerSec: vus / 0.061 }));
    expect(limited(curveOf(levels))).toEqual({ kind: 'none', because: '' });
  });

  it('is a crash, or what failed', () => {
    const levels = flat(() => ({ cpuPercent: 100 }));
    expect(limited(curveOf(levels, { crashedAtVus: 1000 })).kind).toBe('crash');
    const failing = flat((vus) => (vus === 500 ? { failedShare: 0.5, failures: 'timeout 90' } : {}));
    expect(limited(curveOf(failing))).toEqual({ kind: 'errors', because: 'timeout 90' });
  });

  it('is the CPU that is used up', () => {
    expect(limited(curveOf(flat(() => ({ cpuPercent: 117 }))))).toEqual({
      kind: 'one-thread',
      because: 'process tree at 117 % of one core',
    });
    expect(
      limited(
        curveOf(
          flat(() => ({ cpuPercent: 180 })),
          { cpus: 2 },
        ),
      ).kind,
    ).toBe('all-cpus');
  });

  it('is unknown where it may be the harness, whatever one thread does', () => {
    const levels = flat(() => ({ cpuPercent: 117, harnessLimit: 'all 2 CPUs were busy' }));
    expect(limited(curveOf(levels))).toEqual({ kind: 'unknown', because: 'perhaps the harness: all 2 CPUs were busy' });
  });

  it('is a pool where VUs open no upstream connections', () => {
    const pool = flat((vus) => ({ cpuPercent: 30, descriptors: 20 + 51 + vus }));
    expect(limited(curveOf(pool))).toEqual({
      kind: 'upstream-pool',
      because: expect.stringContaining('about 51 requests are in flight at the upstream'),
    });
    const growing = flat((vus) => ({ cpuPercent: 30, descriptors: 20 + 2 * vus }));
    expect(limited(curveOf(growing)).kind).toBe('unknown');
  });

  it('is unknown without CPU, and errors where CPU is left', () => {
    const failing = { failedShare: 0.03, failures: 'timeout 90' };
    expect(limited(curveOf(flat(() => failing)))).toEqual({ kind: 'unknown', because: 'its CPU was not measured' });
    expect(limited(curveOf(flat(() => ({ ...failing, cpuPercent: 30 }))))).toEqual({
      kind: 'errors',
      because: 'timeout 90',
    });
  });
});
