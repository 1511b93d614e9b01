import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { LoadArrivals, RequestMix } from '../../../src/load/engine.js';
import { COMPLETION, checked, loadsOf, WORKER_ENGINES } from '../workers/harness.js';

const native = WORKER_ENGINES.find(([name]) => name === 'native')?.[1];
if (native === undefined) throw new Error('there is no native engine');
const { startLoad } = loadsOf(native);

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Three at once and a fourth 0.4 s later; at this rate they begin again after another 0.13 s. */
const RECORDED_S = [0, 0, 0, 0.4];
const PLANNED = 12;
const WINDOW_S = 1.6;
const MIX: RequestMix = {
  order: 'in turn',
  seed: 1,
  classes: [
    {
      name: 'all',
      weight: 1,
      requests: RECORDED_S.map((_, n) => ({ body: JSON.stringify({ n }), expected: { stream: false, texts: null } })),
    },
  ],
};

/** Requests in the order in which they came to a server that answers at once. */
async function replayed(arrivals: Partial<LoadArrivals>, workers = 1, timeoutS = 5, answers = true) {
  const got: { n: number; atMs: number }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      got.push({ n: JSON.parse(body).n as number, atMs: performance.now() });
      if (answers) response.writeHead(200, { 'content-type': 'application/json' }).end(COMPLETION);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const run = await startLoad({
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mix: MIX,
    limits: { maxWorkers: workers, vusPerWorker: 0.1 },
    arrivals: {
      ...{ ratePerSec: 7.5, distribution: 'recorded', seed: 0, maxInFlight: 50, recordedS: RECORDED_S },
      ...arrivals,
    },
    warmupS: 0,
    durationS: WINDOW_S,
    timeoutS,
  });
  const result = checked(await run.done);
  if (result.arrivals === undefined) throw new Error('no arrivals');
  return { got, result, arrivals: result.arrivals };
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

it('sends each request at its time, over and over: bursts stay bursts, and pauses pauses', async () => {
  const { got, arrivals } = await replayed({});
  expect(arrivals.planned).toBe(PLANNED);
  expect(arrivals.sent + arrivals.unsent).toBe(PLANNED);
  const passes = [0, 4, 8].map((from) => got.slice(from, from + 4)).filter(({ length }) => length === 4);
  expect(passes.length).toBeGreaterThan(0);
  // Three that left at one moment come in any order.
  for (const pass of passes) expect(pass.map(({ n }) => n).sort()).toEqual([0, 1, 2, 3]);
  const at = (pass: typeof got, index: number) => pass[index]?.atMs ?? Number.NaN;
  const burstMs = median(passes.map((pass) => at(pass, 2) - at(pass, 0)));
  const pauseMs = median(passes.map((pass) => at(pass, 3) - at(pass, 2)));
  expect(pauseMs).toBeGreaterThan(3 * burstMs);
});

it('sends them in the order of the file, however late', async () => {
  const { got, arrivals } = await replayed({ maxInFlight: 1 });
  expect(arrivals.planned).toBe(PLANNED);
  expect(got.map(({ n }) => n)).toEqual(got.map((_, index) => index % 4));
  expect(arrivals.heldBack).toBeGreaterThan(0);
});

it('shares a recording among workers, each request with its own time', async () => {
  const { got, arrivals, result } = await replayed({}, 2);
  expect(result.workers).toBe(2);
  expect(arrivals.planned).toBe(PLANNED);
  for (const n of [0, 1, 2, 3]) {
    const times = got.filter((request) => request.n === n).length;
    expect(Math.abs(times - arrivals.sent / 4)).toBeLessThanOrEqual(1);
  }
});

it('leaves out what was never sent, and goes on with what is due', async () => {
  const { got, arrivals } = await replayed({ maxInFlight: 1 }, 1, 0.2, false);
  expect(arrivals.planned).toBe(PLANNED);
  expect(arrivals.unsent).toBeGreaterThanOrEqual(PLANNED / 2);
  // Of three at once, the first is on its way until its time-out, and the others have waited as long by then.
  const sent = got.map(({ n }) => n);
  expect(sent).toContain(3);
  expect(sent.filter((n) => n === 1 || n === 2)).toEqual([]);
});
