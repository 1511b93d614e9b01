import { describe, expect, it } from 'vitest';
import { percentileErrors } from '../../../src/app/selfbench/percentile-error.js';

const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);

describe('the truth of percentiles', () => {
  it('holds measured percentiles against delays in any order, and leaves those as they were', () => {
    const shuffled = hundred.slice().reverse();
    expect(percentileErrors({ p50: 51, p95: 95, p99: 97 }, shuffled)).toEqual([
      { q: 0.5, measuredUs: 51, trueUs: 50 },
      { q: 0.95, measuredUs: 95, trueUs: 95 },
      { q: 0.99, measuredUs: 97, trueUs: 99 },
    ]);
    expect(shuffled[0]).toBe(100);
  });

  it('says nothing where nothing was measured or recorded', () => {
    expect(percentileErrors(null, hundred)).toEqual([]);
    expect(percentileErrors({ p50: 1, p95: 1, p99: 1 }, new Float64Array())).toEqual([]);
  });
});
