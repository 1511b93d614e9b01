import { describe, expect, it } from 'vitest';
import { categoryTotals } from '../../src/profiles/categories/category-table.js';
import { cpuCoverage, cpuUsPerRequest, shareInterval } from '../../src/profiles/measures.js';
import { blankMeta } from '../../src/profiles/profile-builder.js';
import { categorisedOf } from '../support/categorised.js';
import { seededRandom } from '../support/seeded-random.js';

describe('shareInterval', () => {
  it('is Wilson’s score interval', () => {
    // R: binom::binom.confint(21, 213, methods = "wilson"), and prop.test(0, 50, correct = FALSE)
    expect(shareInterval(21 / 213, 213).low).toBeCloseTo(0.0654, 3);
    expect(shareInterval(21 / 213, 213).high).toBeCloseTo(0.146, 3);
    expect(shareInterval(0, 50).low).toBe(0);
    expect(shareInterval(0, 50).high).toBeCloseTo(0.0713, 3);
    expect(shareInterval(0.5, 0)).toEqual({ low: 0, high: 1 });
  });

  it.each([
    [100, 0.05],
    [100, 0.3],
    [213, 0.1],
    [1000, 0.02],
    [1000, 0.5],
  ])('covers the true share in 95 of 100 profiles (%i samples, %f)', (samples, truth) => {
    const random = seededRandom(samples + truth * 1e6);
    const PROFILES = 3000;
    let covered = 0;
    for (let profile = 0; profile < PROFILES; profile += 1) {
      let hits = 0;
      for (let sample = 0; sample < samples; sample += 1) if (random() < truth) hits += 1;
      const { low, high } = shareInterval(hits / samples, samples);
      if (low <= truth && truth <= high) covered += 1;
    }
    // With so few possible counts the coverage jumps around 95 %: Brown, Cai and DasGupta 2001, figure 5.
    expect(covered / PROFILES).toBeGreaterThan(0.925);
    expect(covered / PROFILES).toBeLessThan(0.98);
  });

  it('covers each category’s true share where a profile is sampled from many stacks', () => {
    const truth = {
      'G:encoding/json.a': 0.11,
      'G:net/http.a': 0.25,
      'K:tcp_sendmsg': 0.32,
      'K:futex_wake': 0.08,
      'x;y': 0.24,
    };
    const shareOfCategory = { json: 0.11, http: 0.25, network: 0.32, locks: 0.08, unknown: 0.24 };
    let bound = 0;
    const bounds = Object.entries(truth).map(([stack, share]) => {
      bound += share;
      return { stack, bound };
    });
    const random = seededRandom(7);
    let covered = 0;
    let asked = 0;
    for (let profile = 0; profile < 400; profile += 1) {
      const stacks: Record<string, number> = {};
      for (let sample = 0; sample < 300; sample += 1) {
        const at = random();
        const stack = bounds.find(({ bound }) => at < bound)?.stack ?? 'x;y';
        stacks[stack] = (stacks[stack] ?? 0) + 1;
      }
      for (const { category, shareInterval: interval } of categoryTotals(categorisedOf(stacks))) {
        const share = shareOfCategory[category as keyof typeof shareOfCategory];
        if (share === undefined) continue;
        asked += 1;
        if (interval.low <= share && share <= interval.high) covered += 1;
      }
    }
    expect(asked).toBe(2000);
    expect(covered / asked).toBeGreaterThan(0.93);
    expect(covered / asked).toBeLessThan(0.97);
  });
});

describe('CPU time per request', () => {
  const meta = { ...blankMeta({ title: 'a', unit: 'nanoseconds' }), load: load(10, 5) };

  function load(requests: number, cpuUsPerRequest: number | null) {
    return { vus: 1, ratePerSec: 1, requests, cpuUsPerRequest };
  }

  it('is the weight over the requests, and unknown without any', () => {
    expect(cpuUsPerRequest(50_000, meta)).toBe(5);
    expect(cpuUsPerRequest(50_000, { ...meta, load: load(0, null) })).toBeNull();
    expect(cpuUsPerRequest(50_000, { ...meta, load: null })).toBeNull();
    expect(cpuUsPerRequest(5, { ...meta, unit: 'samples', rateHz: 100 })).toBe(5_000);
    expect(cpuUsPerRequest(5, { ...meta, unit: 'samples' })).toBeNull();
    expect(cpuUsPerRequest(5, { ...meta, kind: 'off-cpu' })).toBeNull();
  });

  it('covers what the kernel counted, if it counted anything', () => {
    const profile = {
      schemaVersion: 2 as const,
      meta,
      frames: [],
      stacks: [{ frames: [], samples: 1, weight: 25_000 }],
      threads: [],
      timeline: null,
    };
    expect(cpuCoverage(profile)).toBe(0.5);
    expect(cpuCoverage({ ...profile, meta: { ...meta, load: load(10, 0) } })).toBeNull();
    expect(cpuCoverage({ ...profile, meta: { ...meta, load: load(10, null) } })).toBeNull();
  });
});
