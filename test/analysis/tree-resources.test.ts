import { describe, expect, it } from 'vitest';
import { treeResources } from '../../src/analysis/tree-resources.js';
import type { Sample, TreeSample } from '../../src/model/resources.js';
import { hostSampleOf } from '../support/host-samples.js';

function sample(atS: number, tree: Partial<TreeSample> | null): Sample {
  const gateway: TreeSample | null =
    tree === null
      ? null
      : {
          cpuPercent: null,
          cpuTimeUs: null,
          rssBytes: null,
          pssBytes: null,
          threads: null,
          descriptors: null,
          processes: null,
          processesEnded: 0,
          ...tree,
        };
  return {
    atS,
    phase: atS < -15 ? 'idle' : atS < 0 ? 'warmup' : atS <= 60 ? 'window' : 'recovery',
    gateway,
    mock: null,
    engine: null,
    services: null,
    host: hostSampleOf(),
  };
}

describe('treeResources', () => {
  it('takes the mean CPU from the counters, not from the mean of the readings', () => {
    const samples = [
      sample(-5, { cpuTimeUs: 1_000_000, cpuPercent: 400 }),
      sample(0, { cpuTimeUs: 5_000_000, cpuPercent: 10 }),
      sample(1, { cpuTimeUs: 5_100_000, cpuPercent: 10 }),
      sample(10, { cpuTimeUs: 20_000_000, cpuPercent: 166 }),
    ];
    expect(treeResources(samples, 'gateway', 1_000, 10)).toMatchObject({
      cpuPercentMean: 150,
      cpuPercentMax: 166,
      cpuUsPerRequest: 15_000,
    });
  });

  it('takes the time between the first and the last counter that could be read', () => {
    const samples = [
      sample(0, {}),
      sample(2, { cpuTimeUs: 1_000_000 }),
      sample(12, { cpuTimeUs: 6_000_000 }),
      sample(13, {}),
      sample(14, null),
    ];
    expect(treeResources(samples, 'gateway', 100, 10)).toMatchObject({ cpuPercentMean: 50, cpuUsPerRequest: 50_000 });
  });

  it('has no CPU from a single counter, and no cost of a request without it', () => {
    for (const samples of [[sample(2, { cpuTimeUs: 1_000_000 })], [sample(2, {})]]) {
      expect(treeResources(samples, 'gateway', 100, 10)).toMatchObject({ cpuPercentMean: null, cpuUsPerRequest: null });
    }
  });

  it('keeps the phases apart', () => {
    const samples = [
      sample(-20, { rssBytes: 10, pssBytes: 9 }),
      sample(-5, { rssBytes: 1_000 }),
      sample(5, { rssBytes: 50, pssBytes: 40, threads: 3, processes: 2 }),
      sample(6, { rssBytes: 60, pssBytes: 39, threads: 4 }),
      sample(65, { rssBytes: 30 }),
    ];
    expect(treeResources(samples, 'gateway', 1, 60)).toMatchObject({
      rssBytesIdle: 10,
      pssBytesIdle: 9,
      rssBytesMax: 60,
      pssBytesMax: 40,
      threadsMax: 4,
      processesMax: 2,
      rssBytesAfter: 30,
    });
  });

  it('has null for what was never read, never 0', () => {
    expect(treeResources([sample(5, { rssBytes: 7 })], 'gateway', 0, 60)).toMatchObject({
      rssBytesMax: 7,
      rssBytesIdle: null,
      pssBytesMax: null,
      cpuPercentMean: null,
      cpuUsPerRequest: null,
      descriptorsMax: null,
    });
    expect(treeResources([sample(5, null)], 'gateway', 1, 60)).toBeNull();
    expect(treeResources([], 'gateway', 1, 60)).toBeNull();
  });

  it('counts what ended in the window, and neither before nor after', () => {
    const ended = [0, 2, 2, 3, 5, 9].map((processesEnded, at) =>
      sample([-20, -1, 1, 30, 60, 62][at] ?? 0, { processesEnded }),
    );
    expect(treeResources(ended, 'gateway', 1, 60)).toMatchObject({ processesEnded: 3 });
    expect(treeResources(ended.slice(2), 'gateway', 1, 60)).toMatchObject({ processesEnded: 3 });
    expect(treeResources([sample(5, { processesEnded: null })], 'gateway', 1, 60)).toMatchObject({
      processesEnded: null,
    });
  });

  it('has no cost of a request where none was completed', () => {
    const samples = [sample(0, { cpuTimeUs: 0 }), sample(10, { cpuTimeUs: 1_000_000 })];
    expect(treeResources(samples, 'gateway', 0, 10)).toMatchObject({ cpuPercentMean: 10, cpuUsPerRequest: null });
  });
});
