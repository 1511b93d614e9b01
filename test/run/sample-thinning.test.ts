import { expect, it } from 'vitest';
import { Sample } from '../../src/model/resources.js';
import { SampleThinning } from '../../src/run/sample-thinning.js';

const DAY_S = 24 * 3600;

function sampleAt(atS: number, rssBytes: number): Sample {
  const gateway = {
    cpuPercent: 1,
    cpuTimeUs: 1e6 * atS,
    rssBytes,
    pssBytes: null,
    threads: 3,
    descriptors: 9,
    processes: 1,
  };
  const otherPrograms = [{ pid: 7, command: 'make', cpuTimeUs: 1000 }];
  const host = { cpuPercent: 1, stealPercent: 0, load1: 0, otherPrograms };
  return Sample.parse({ atS, phase: 'window', gateway, mock: null, engine: null, host });
}

it('keeps all samples of an hour, then one in ten seconds, with peaks of memory and what others used', () => {
  const thinning = new SampleThinning();
  const kept: Sample[] = [];
  for (let atS = 0; atS < DAY_S; atS++) {
    const sample = thinning.next(sampleAt(atS, atS === 50_003 ? 9e6 : 8e6));
    if (sample !== null) kept.push(sample);
  }
  expect(kept.filter(({ atS }) => atS <= 3600)).toHaveLength(3601);
  // 24 hours in 12,000 samples or fewer.
  expect(kept.length).toBeLessThan(12_000);
  expect(kept.some(({ atS }) => atS === 50_003)).toBe(true);
  const total = kept.reduce((sum, { host }) => sum + (host.otherPrograms[0]?.cpuTimeUs ?? 0), 0);
  expect(total).toBeGreaterThan(1000 * (DAY_S - 11));
});
