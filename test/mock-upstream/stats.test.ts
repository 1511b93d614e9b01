import { describe, expect, test } from 'vitest';
import { mergeStats, ProcessStats } from '../../mock-upstream/stats.js';

describe('stats', () => {
  test('counts of several processes add up; utilisation keeps the busiest', () => {
    const [one, two] = [new ProcessStats(), new ProcessStats()];
    one.countRequest();
    one.countRelease(0.2);
    one.countCompletion();
    two.countRequest();
    two.countRequest();
    two.countRelease(0.4);
    two.countClientGone();
    const parts = [
      { ...one.part(), eventLoopUtilisation: 0.25, sinceMs: 10 },
      { ...two.part(), eventLoopUtilisation: 0.75, sinceMs: 12 },
    ];
    expect(mergeStats(parts, '60ms')).toMatchObject({
      processes: 2,
      requests: 3,
      completions: 1,
      clientsGone: 1,
      latenessUs: { count: 2, p50: 200, max: 400 },
      eventLoopUtilisation: { busiest: 0.75, perProcess: [0.25, 0.75] },
      sinceMs: 12,
      latency: '60ms',
    });
  });

  test('a reset clears all but the count that the rate line reads', () => {
    const stats = new ProcessStats();
    stats.countRequest();
    stats.countRelease(0.2);
    stats.countCompletion();
    stats.countClientGone();
    const before = stats.part();
    stats.reset();
    const after = stats.part();
    expect(mergeStats([after], '0s')).toMatchObject({
      requests: 0,
      completions: 0,
      clientsGone: 0,
      latenessUs: { count: 0, max: 0 },
    });
    expect(after.lateness).not.toBe(before.lateness);
    expect(stats.requestsEver).toBe(1);
  });
});
