import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { littlesLawGate } from '../../src/analysis/littles-law.js';
import type { LoadResult } from '../../src/model/load.js';
import { uniform } from '../support/noise.js';
import { latencyOf, loadOf } from '../support/record-builder.js';

/** A closed loop simulated request by request, with what an engine would report of its window. */
function simulate(facts: { vus: number; windowS: number; meanS: number; seed: number; starved?: number }): LoadResult {
  const { vus, windowS, meanS, seed, starved = 0 } = facts;
  const random = uniform(seed);
  let ok = 0;
  let sumS = 0;
  let inFlightS = 0;
  for (let vu = 0; vu < vus; vu++) {
    // Long before the window, so that the VUs are out of step when it begins.
    let clockS = -20 * meanS * (1 + random());
    while (true) {
      // One in a hundred is starved, as gateways do to some: its latency is many times the others'.
      const tookS = meanS * (0.5 + random()) * (random() < starved ? 20 : 1);
      const beganS = clockS;
      clockS += tookS;
      inFlightS += Math.max(0, Math.min(clockS, windowS) - Math.max(beganS, 0));
      if (clockS >= windowS) break;
      if (clockS < 0) continue;
      ok++;
      sumS += tookS;
    }
  }
  const meanUs = (sumS / ok) * 1e6;
  return loadOf({
    vus,
    windowS,
    result: {
      requests: { sent: ok + vus, ok, failed: {}, inFlightAtEnd: vus, inFlightAtStart: vus, statusCodes: {} },
      latencyUs: { ...latencyOf(ok, meanUs), mean: meanUs },
      meanResponseUs: meanUs,
      meanInFlight: inFlightS / windowS,
    },
  });
}

describe("Little's law gate", () => {
  it('passes every simulated closed loop with short responses', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 60 }), fc.integer(), (vus, seed) => {
        expect(littlesLawGate(vus, simulate({ vus, windowS: 10, meanS: 0.06, seed })).verdict).toBe('pass');
      }),
      { numRuns: 40 },
    );
  });

  it('does not void simulated closed loops whose responses are long for the window, or starved', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), fc.integer(), (vus, seed) => {
        const load = simulate({ vus, windowS: 20, meanS: 1, seed, starved: 0.01 });
        expect(load.meanInFlight).toBeCloseTo(vus, 6);
        expect(littlesLawGate(vus, load).verdict).not.toBe('invalid');
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    [0.019, 'pass'],
    [0.021, 'warn'],
    [0.049, 'warn'],
    [0.06, 'invalid'],
  ])('judges a shortfall of %f as %s', (shortfall, verdict) => {
    const load = loadOf({ vus: 150, p50Us: 60_000 });
    const gate = littlesLawGate(150 / (1 - shortfall), load);
    expect(gate).toMatchObject({ verdict });
    expect(gate.value).toBeCloseTo(-shortfall, 4);
  });

  it('judges an excess like a shortfall', () => {
    expect(littlesLawGate(130, loadOf({ vus: 150 }))).toMatchObject({ verdict: 'invalid' });
  });

  it('warns of a miss as large as it may be, where as many as VUs were in flight all the same', () => {
    const load = { ...loadOf({ vus: 150 }), meanInFlight: 200 };
    expect(littlesLawGate(200, load)).toMatchObject({
      verdict: 'warn',
      message: expect.stringContaining('counted exactly, 200 were in flight'),
    });
    expect(littlesLawGate(200, { ...load, meanInFlight: 189 }).verdict).toBe('invalid');
  });

  it('counts failures as completions', () => {
    const load = loadOf({ vus: 150 });
    const { ok } = load.requests;
    const half = { ...load.requests, ok: ok / 2, failed: { http_5xx: ok / 2 } };
    expect(littlesLawGate(150, { ...load, requests: half }).verdict).toBe('pass');
  });

  it('charges back-off only for as many failed connections as there were', () => {
    const load = { ...loadOf({ vus: 150 }), meanInFlight: 135 };
    const ok = load.requests.ok * 0.9;
    const withRefused = (refused: number) =>
      littlesLawGate(150, { ...load, requests: { ...load.requests, ok, failed: { refused } } });
    expect(withRefused(1).verdict).toBe('invalid');
    expect(withRefused(900)).toMatchObject({ verdict: 'warn', message: expect.stringContaining('back-off') });
  });

  it('charges back-off for every way in which a connection fails', () => {
    const load = { ...loadOf({ vus: 150 }), meanInFlight: 135 };
    const ok = load.requests.ok * 0.9;
    for (const failed of [
      { reset: 900 },
      { closed: 900 },
      { http_5xx: 900 },
      { refused: 300, reset: 300, closed: 300 },
    ]) {
      expect(littlesLawGate(150, { ...load, requests: { ...load.requests, ok, failed } }).verdict).toBe('warn');
    }
    const timeout = { ...load.requests, ok, failed: { timeout: 900 } };
    expect(littlesLawGate(150, { ...load, requests: timeout }).verdict).toBe('invalid');
  });

  it('says nothing of back-off where no connection failed', () => {
    const load = { ...loadOf({ vus: 150 }), meanInFlight: 200 };
    expect(littlesLawGate(200, load).message).not.toContain('back-off');
  });

  it.each([
    ['a mean response', { meanResponseUs: null }],
    ['a window', { windowS: 0 }],
    ['a completion', { requests: { ...loadOf().requests, ok: 0 } }],
  ])('is unknown without %s', (_what, over) => {
    expect(littlesLawGate(150, { ...loadOf({ vus: 150 }), ...over })).toMatchObject({
      verdict: 'unknown',
      value: null,
    });
  });

  it('takes back-off that was counted for think time, and no more than that', () => {
    const load = { ...loadOf({ vus: 150 }), meanInFlight: 150 };
    expect(littlesLawGate(200, { ...load, meanInBackOff: 50 })).toMatchObject({
      verdict: 'pass',
      message: expect.stringContaining('and 50 VUs in back-off for 200 VUs'),
    });
    const many = { ...load, requests: { ...load.requests, ok: 75_000, failed: { http_5xx: 75_000 } } };
    expect(littlesLawGate(200, { ...many, meanInBackOff: 30 }).verdict).toBe('invalid');
    expect(littlesLawGate(200, { ...many, meanInBackOff: null }).verdict).toBe('warn');
  });

  it('is unknown where nothing was completed', () => {
    const load = loadOf({ result: { latencyUs: null, meanResponseUs: null } });
    const requests = { ...load.requests, ok: 0 };
    expect(littlesLawGate(150, { ...load, requests }).verdict).toBe('unknown');
  });
});
