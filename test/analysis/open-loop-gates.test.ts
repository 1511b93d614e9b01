import { expect, it } from 'vitest';
import { gatesOf } from '../../src/analysis/validity.js';
import type { ArrivalCounts } from '../../src/model/arrivals.js';
import type { LoadResult } from '../../src/model/load.js';
import { latencyOf, loadOf } from '../support/record-builder.js';

const WINDOW_S = 60;

/** An open loop of 100 requests a second of 100 ms each. */
function gates(arrivals: Partial<ArrivalCounts> = {}, result: Partial<LoadResult> = {}) {
  const planned = 100 * WINDOW_S;
  const counts: ArrivalCounts = {
    ratePerSec: 100,
    distribution: 'constant',
    seed: 1,
    maxInFlight: 1000,
    planned,
    sent: planned,
    unsent: 0,
    carriedIn: 0,
    heldBack: 0,
    slipped: 0,
    inFlightMax: 11,
    ...arrivals,
  };
  const load = loadOf({
    vus: 10,
    windowS: WINDOW_S,
    result: {
      requests: {
        sent: planned + 10,
        ok: planned,
        failed: {},
        inFlightAtEnd: 10,
        inFlightAtStart: 10,
        statusCodes: {},
      },
      meanResponseUs: 100_000,
      meanInFlight: 10,
      meanInBackOff: 0,
      arrivals: counts,
      ...result,
    },
  });
  const found = gatesOf({ vus: null, load, mock: null, engine: null, host: null });
  return (name: string) => found.find(({ gate }) => gate === name);
}

it('passes a load that kept its schedule, and whose requests ended', () => {
  const gate = gates();
  expect(gate('schedule kept')).toMatchObject({ verdict: 'pass', value: 1 });
  expect(gate('planned rate sustained')).toMatchObject({ verdict: 'pass', value: 1 });
  expect(gate("Little's law")).toMatchObject({ verdict: 'pass' });
});

it('is invalid where the engine let more than one request in a hundred slip', () => {
  expect(gates({ slipped: 60 })('schedule kept')).toMatchObject({ verdict: 'pass', value: 0.99 });
  const gate = gates({ slipped: 61 })('schedule kept');
  expect(gate).toMatchObject({ verdict: 'invalid' });
  expect(gate?.message).toContain('the schedule slipped in the load engine');
});

it('takes a gateway that can’t keep up for a result: what waited for it is no slip', () => {
  const requests = { sent: 3010, ok: 3000, failed: {}, inFlightAtEnd: 10, inFlightAtStart: 10, statusCodes: {} };
  const gate = gates({ sent: 3000, unsent: 3000, heldBack: 5000 }, { requests, meanInFlight: 5 });
  expect(gate('schedule kept')).toMatchObject({ verdict: 'pass' });
  expect(gate('planned rate sustained')).toMatchObject({ verdict: 'warn', value: 0.5 });
  expect(gate('planned rate sustained')?.message).toContain('3,000 were never sent, with 1,000 in flight at most');
});

it('leaves out what had no time to end in a window that began with nothing in flight', () => {
  const requests = { sent: 6000, ok: 5935, failed: {}, inFlightAtEnd: 65, inFlightAtStart: 0, statusCodes: {} };
  const rawLatencyUs = { ...latencyOf(5935, 650_000), min: 640_000 };
  expect(gates({}, { requests, rawLatencyUs })('planned rate sustained')).toMatchObject({ verdict: 'pass' });
  const carried = { ...requests, inFlightAtStart: 65, sent: 6065, inFlightAtEnd: 130 };
  expect(gates({}, { requests: carried, rawLatencyUs })('planned rate sustained')).toMatchObject({ verdict: 'warn' });
});

it('warns where X * R misses the requests that were counted in flight: they piled up', () => {
  const gate = gates({}, { meanInFlight: 14 })("Little's law");
  expect(gate).toMatchObject({ verdict: 'warn' });
  expect(gate?.message).toContain('their number changed over the window');
});

it('judges steadiness by the latency, because the rate is given', () => {
  const seconds = Array.from({ length: WINDOW_S }, (_, second) => ({
    second,
    phase: 'window' as const,
    ok: 100,
    failed: 0,
    p50Us: 60_000 + 1000 * second,
    p99Us: null,
  }));
  const gate = gates({}, { seconds })('steady state (halves)');
  expect(gate).toMatchObject({ verdict: 'warn' });
  expect(gate?.message).toContain("second half's median latency is");
});

it('asks Little’s law of the mean number of VUs where a closed loop has stages', () => {
  const stage = { ok: 1, failed: 0, latencyUs: null };
  const load = loadOf({
    vus: 10,
    windowS: WINDOW_S,
    result: {
      requests: { sent: 6010, ok: 6000, failed: {}, inFlightAtEnd: 10, inFlightAtStart: 0, statusCodes: {} },
      meanResponseUs: 100_000,
      meanInFlight: 10,
      stages: [
        { atS: 0, durationS: 30, from: 0, to: 20, ...stage },
        { atS: 30, durationS: 30, from: 10, to: 10, ...stage },
      ],
    },
  });
  const found = gatesOf({ vus: 20, load, mock: null, engine: null, host: null });
  expect(found.find(({ gate }) => gate === "Little's law")).toMatchObject({ verdict: 'pass' });
  expect(found.find(({ gate }) => gate === 'steady state (halves)')).toMatchObject({ verdict: 'unknown' });
});
