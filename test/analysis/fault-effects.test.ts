import { describe, expect, it } from 'vitest';
import { faultEffects } from '../../src/analysis/fault-effects.js';
import type { CellRecord } from '../../src/model/record.js';
import { Scenario } from '../../src/model/scenario.js';
import { recordOf, runOf } from '../support/record-builder.js';

const WARMUP_S = 15;
const plain = recordOf({ gateway: 'ferro', vus: 50 });

function scenario(upstream: object): Scenario {
  const { scenario: published } = runOf([plain]);
  return Scenario.parse({ ...published, upstream: { latency: '60ms', ...upstream } });
}

/** @param seconds good and failed requests of each second of the window */
function cell(seconds: [ok: number, failed: number, p50Us?: number][], over: Partial<CellRecord> = {}): CellRecord {
  return {
    ...plain,
    ...over,
    seconds: seconds.map(([ok, failed, p50Us = 60_000], at) => ({
      second: WARMUP_S + at,
      phase: 'window',
      ok,
      failed,
      p50Us: ok === 0 ? null : p50Us,
      p99Us: ok === 0 ? null : 2 * p50Us,
    })),
  };
}

function recoveryOf(seconds: [ok: number, failed: number, p50Us?: number][], ...faults: string[]) {
  return faultEffects(cell(seconds), scenario({ faults }))?.recoveries;
}

describe('what failed upstreams did', () => {
  it('is nothing in a scenario without faults, nor in a cell that was not measured', () => {
    expect(faultEffects(cell([[800, 0]]), scenario({}))).toBeNull();
    const skipped = recordOf({ gateway: 'kong', vus: 50, outcome: { kind: 'skipped', reason: 'not installed' } });
    expect(faultEffects(skipped, scenario({ faults: ['500:0.1'] }))).toBeNull();
  });

  it('counts the upstream’s requests for each of the window, the warm-up aside', () => {
    const { mock, requests } = plain;
    if (mock === null || requests === null) throw new Error('not measured');
    const record = {
      ...plain,
      requests: { ...requests, sent: 1050, inFlightAtStart: 50 },
      wholeLoad: { ok: 1200, sentAtMost: 1500 },
      mock: {
        ...mock,
        requests: 1000,
        faults: { 503: 60, reset: 15 },
        second: { latency: '90ms', requests: 500 },
        wholeLoad: { requests: 1750, completions: 1200 },
      },
    };
    expect(faultEffects(record, scenario({ faults: ['503:0.05'] }))).toEqual({
      injected: 75,
      injectedShare: 0.05,
      upstreamPerRequest: 1.25,
      secondShare: 1 / 3,
      recoveries: [],
    });
    // An engine that can't say what it sent.
    const uncounted = { ...record, requests: { ...requests, sent: null } };
    expect(faultEffects(uncounted, scenario({ faults: ['503:0.05'] }))?.upstreamPerRequest).toBeNull();
  });
});

describe('recovery', () => {
  it('takes until the last bad second is over, and loses what failed', () => {
    const seconds: [number, number, number?][] = [
      [800, 0],
      [810, 2],
      // Fails from here on; the gateway turns away from it in the second second.
      [100, 300],
      [500, 50, 90_000],
      [550, 1, 90_000],
      [540, 0, 91_000],
      // It is back.
      [560, 9, 80_000],
      [800, 0],
    ];
    expect(recoveryOf(seconds, '503@2s..6s')).toEqual([
      {
        fault: '503@2s..6s',
        fromS: 2,
        untilS: 6,
        lost: 360,
        goodAgainS: 2,
        goodAfterEndS: 1,
        p50BeforeUs: 60_000,
        p50MeanwhileUs: 90_000,
        worstP99Us: 182_000,
      },
    ]);
  });

  it('is 0 where no second was bad, and none where the last one was', () => {
    const calm: [number, number][] = Array.from({ length: 6 }, () => [800, 4]);
    expect(recoveryOf(calm, '503@2s..4s')).toMatchObject([{ lost: 16, goodAgainS: 0, goodAfterEndS: 0 }]);
    const dead: [number, number][] = [
      [800, 0],
      [800, 0],
      [0, 100],
      [0, 100],
      [0, 100],
      [0, 100],
    ];
    expect(recoveryOf(dead, '503@2s..4s')).toMatchObject([{ lost: 400, goodAgainS: null, goodAfterEndS: null }]);
    expect(recoveryOf(dead, 'stalled@2s')).toMatchObject([
      { fault: 'stalled@2s', untilS: null, goodAgainS: null, goodAfterEndS: null, p50MeanwhileUs: null },
    ]);
  });

  it('takes silence for bad, failures or none', () => {
    const silent: [number, number][] = [
      [800, 0],
      [800, 0],
      [10, 0],
      [800, 0],
      [800, 0],
    ];
    expect(recoveryOf(silent, 'stalled@2s..4s')).toMatchObject([{ lost: 0, goodAgainS: 1 }]);
  });

  it('counts each of several faults up to the next', () => {
    const seconds: [number, number][] = [
      [800, 0],
      [700, 100],
      [800, 0],
      [700, 90],
      [800, 0],
    ];
    expect(recoveryOf(seconds, '500@3s..4s', '503@1s..2s', '429:0.001')).toMatchObject([
      { fault: '503@1s..2s', lost: 100 },
      { fault: '500@3s..4s', lost: 90 },
    ]);
  });
});
