import { describe, expect, it } from 'vitest';
import type { LoadProgress } from '../../src/load/engine.js';
import { SecondSeries } from '../../src/load/second-series.js';
import type { WorkerSecond } from '../../src/load/worker-report.js';

const bounds = { beginUs: 500, windowStartUs: 1_500_500, windowEndUs: 3_500_500 };

function part(second: number, phase: WorkerSecond['phase'], latencies: number[], failed = 0): WorkerSecond {
  return { second, phase, ok: latencies.length, failed, latenciesUs: Uint32Array.from(latencies) };
}

describe('SecondSeries', () => {
  it('puts the parts of all workers together, with percentiles of all latencies', () => {
    const told: LoadProgress[] = [];
    const series = new SecondSeries(2, bounds, (progress) => told.push(progress));
    series.add(part(0, 'warmup', [30, 10]));
    expect(told).toEqual([]);
    series.add(part(0, 'warmup', [20], 1));
    expect(series.all()).toEqual([{ second: 0, phase: 'warmup', ok: 3, failed: 1, p50Us: 20, p99Us: 30 }]);
    expect(told).toEqual([{ phase: 'warmup', atS: 1, ratePerSec: 3, p99Us: 30, failed: 1 }]);
  });

  it('rates a part of a second by its own length, and counts failures since the phase began', () => {
    const told: LoadProgress[] = [];
    const series = new SecondSeries(1, bounds, (progress) => told.push(progress));
    series.add(part(1, 'warmup', [1, 2], 3));
    series.add(part(1, 'window', [1, 2, 3], 4));
    series.add(part(2, 'window', [], 5));
    series.add(part(3, 'window', [7]));
    expect(told).toEqual([
      { phase: 'warmup', atS: 1.5, ratePerSec: 4, p99Us: 2, failed: 3 },
      { phase: 'window', atS: 0.5, ratePerSec: 6, p99Us: 3, failed: 4 },
      { phase: 'window', atS: 1.5, ratePerSec: 0, p99Us: null, failed: 9 },
      { phase: 'window', atS: 2, ratePerSec: 2, p99Us: 7, failed: 9 },
    ]);
  });

  it('keeps seconds in order, and what came of a second that not all workers sent', () => {
    const series = new SecondSeries(2, bounds, () => undefined);
    series.add(part(1, 'window', [5]));
    series.add(part(0, 'warmup', [1]));
    series.add(part(0, 'warmup', [1]));
    series.add(part(1, 'warmup', [1]));
    series.add(part(1, 'warmup', [1]));
    expect(series.all().map(({ phase, second, ok }) => [phase, second, ok])).toEqual([
      ['warmup', 0, 2],
      ['warmup', 1, 2],
      ['window', 1, 1],
    ]);
  });
});
