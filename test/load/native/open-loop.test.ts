import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { RequestAccounting } from '../../../src/load/accounting.js';
import type { LoadSpec } from '../../../src/load/engine.js';
import { monotonicUs } from '../../../src/load/monotonic-clock.js';
import { OpenLoop } from '../../../src/load/native/open-loop.js';
import type { LoadResult } from '../../../src/model/load.js';
import { checked, closedPort, httpServer, loadsOf, respond, WORKER_ENGINES } from '../workers/harness.js';

const native = WORKER_ENGINES.find(([name]) => name === 'native')?.[1];
if (native === undefined) throw new Error('there is no native engine');
const { runLoad, startLoad } = loadsOf(native);

const arrivals = (ratePerSec: number, distribution: 'constant' | 'poisson' = 'constant', maxInFlight = 1000) => ({
  ratePerSec,
  distribution,
  seed: 7,
  maxInFlight,
});

/** Answers at once, but for a stall of `stallMs` once in `everyMs`: what comes then is answered at its end. */
function stallingServer(everyMs: number, stallMs: number) {
  const beganMs = performance.now();
  const held: ServerResponse[] = [];
  const timer = setInterval(() => {
    if ((performance.now() - beganMs) % everyMs < stallMs) return;
    for (const response of held.splice(0)) respond(response);
  }, 1);
  timer.unref();
  return httpServer((_request, response) => {
    if ((performance.now() - beganMs) % everyMs < stallMs) held.push(response);
    else respond(response);
  });
}

function arrivalsOf({ arrivals }: LoadResult) {
  if (arrivals === undefined) throw new Error('no arrivals');
  return arrivals;
}

it('sends as many requests as were planned, and accounts for each', async () => {
  const origin = await httpServer((_request, response) => void setTimeout(() => respond(response), 20));
  const result = await runLoad({ origin, arrivals: arrivals(100), warmupS: 1, durationS: 2 });
  const { planned, sent, unsent, slipped, carriedIn } = arrivalsOf(result);
  expect(planned).toBe(200);
  expect(sent + unsent).toBe(200);
  expect(carriedIn).toBeLessThan(200);
  expect(slipped).toBeLessThanOrEqual(200);
  expect(result.sendDelayUs?.count).toBe(sent + carriedIn);
  expect(result.rawLatencyUs?.count).toBe(result.requests.ok);
});

it('has textbook percentiles where the server stalls: the wait of every request that was due counts (wrk2)', async () => {
  // A stall of 200 ms in 2 s, as one of 1 s in 10 s is: a tenth of all requests wait, evenly from 0 to the whole stall.
  const origin = await stallingServer(2000, 200);
  const result = await runLoad({ origin, arrivals: arrivals(400, 'constant', 20), warmupS: 2, durationS: 8 });
  const { p50 = 0, p95 = 0, p99 = 0, max = 0 } = result.latencyUs ?? {};
  // Ideal: p95 = 100 ms, p99 = 180 ms, longest 200 ms; a slow machine only adds to them.
  expect(p95).toBeGreaterThan(95_000);
  expect(p99).toBeGreaterThan(170_000);
  expect(max).toBeGreaterThan(195_000);
  expect(p50).toBeLessThan(p95 / 2);
  // Of 20 in flight, the first ones of a stall wait for all of it; from the write, the others wait for nothing.
  expect(result.rawLatencyUs?.p95).toBeLessThan(p95 / 2);
  expect(arrivalsOf(result).heldBack).toBeGreaterThan(100);
  expect(arrivalsOf(result).inFlightMax).toBe(20);
});

it('counts what could not be sent, and forgets nothing', async () => {
  const origin = await httpServer(() => undefined);
  const result = await runLoad({
    origin,
    arrivals: arrivals(200, 'constant', 5),
    warmupS: 0,
    durationS: 1.5,
    timeoutS: 0.5,
  });
  const counts = arrivalsOf(result);
  expect(counts.planned).toBe(300);
  expect(counts.sent).toBeLessThanOrEqual(4 * 5);
  expect(counts.unsent).toBe(300 - counts.sent);
  expect(counts.heldBack).toBeGreaterThan(250);
});

it('repeats the arrivals of a seed, shared among workers, and others with another one', async () => {
  const origin = await httpServer((_request, response) => respond(response));
  const planned = async (seed: number) =>
    arrivalsOf(
      await runLoad({
        origin,
        arrivals: { ...arrivals(300, 'poisson'), seed },
        limits: { maxWorkers: 2, vusPerWorker: 1 },
        warmupS: 0,
        durationS: 1,
      }),
    ).planned;
  const first = await planned(7);
  expect(await planned(7)).toBe(first);
  expect(await planned(8)).not.toBe(first);
});

it('keeps to its rate where nobody listens, without back-off', async () => {
  const result = await runLoad({ origin: await closedPort(), arrivals: arrivals(100), warmupS: 0, durationS: 1 });
  expect(Object.keys(result.requests.failed)).toEqual(['refused']);
  expect(arrivalsOf(result).planned).toBe(100);
});

it('reports what it has where it is ended early', async () => {
  const origin = await httpServer((_request, response) => respond(response));
  const run = await startLoad({ origin, arrivals: arrivals(200), warmupS: 0, durationS: 30 });
  await run.windowStarted;
  await new Promise((resolve) => setTimeout(resolve, 500));
  run.stop();
  const result = checked(await run.done);
  expect(arrivalsOf(result).planned).toBe(arrivalsOf(result).sent + arrivalsOf(result).unsent);
  expect(result.windowS).toBeLessThan(20);
});

it('changes its rate from stage to stage', async () => {
  const origin = await httpServer((_request, response) => respond(response));
  const stages = [
    { durationS: 1, from: 50, to: 50 },
    { durationS: 2, from: 50, to: 250 },
    { durationS: 1, from: 100, to: 100 },
  ];
  const result = await runLoad({ origin, arrivals: arrivals(112.5), stages, warmupS: 1, durationS: 4 });
  expect(arrivalsOf(result).planned).toBe(50 + 300 + 100);
  expect(result.stages?.map(({ atS, ok }) => [atS, ok > 0])).toEqual([
    [0, true],
    [1, true],
    [3, true],
  ]);
  expect(result.stages?.reduce((sum, { ok, failed }) => sum + ok + failed, 0)).toBe(result.requests.ok);
});

it('changes its number of VUs from stage to stage', async () => {
  let inFlight = 0;
  let most = 0;
  const origin = await httpServer((_request, response) => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    setTimeout(() => {
      inFlight -= 1;
      respond(response);
    }, 50);
  });
  const stages = [
    { durationS: 1, from: 2, to: 2 },
    { durationS: 1, from: 10, to: 10 },
    { durationS: 1, from: 2, to: 2 },
  ];
  const result = await runLoad({ origin, vus: 10, stages, warmupS: 1, durationS: 3 });
  expect(most).toBe(10);
  const [before = 0, peak = 0, after = 0] = result.stages?.map(({ ok }) => ok) ?? [];
  expect(peak).toBeGreaterThan(2 * before);
  expect(peak).toBeGreaterThan(2 * after);
});

it('counts a request as unsent that the window’s end meets between its turn and its write', () => {
  const windowEndUs = monotonicUs() + 1000;
  const bounds = { beginUs: windowEndUs - 1_000_000, windowStartUs: windowEndUs - 1_000_000, windowEndUs };
  const accounting = new RequestAccounting(bounds, () => [], { opened() {}, closed() {}, second() {} });
  const spec = { warmupS: 0, durationS: 1, timeoutS: 5 } as LoadSpec;
  const late = {
    send: () => {
      const writtenUs = windowEndUs + 1;
      accounting.wrote(writtenUs);
      return writtenUs;
    },
  };
  const loop = new OpenLoop(
    {
      ...{ spec, arrivals: arrivals(4), vus: 10, bounds, accounting },
      share: { worker: 0, workers: 1 },
      newUser: () => late,
    },
    () => ({ setFor() {} }),
  );
  loop.begin();
  const { planned, sent, unsent } = loop.report(windowEndUs);
  expect({ planned, sent, unsent }).toEqual({ planned: 4, sent: 0, unsent: 4 });
});
