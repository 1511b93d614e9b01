import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Engine } from '../../src/load/engine.js';
import { engineNamed } from '../../src/load/engines.js';
import { MockProcessDriver } from '../../src/upstream/local-mock.js';
import { aSpec } from './external/spec.js';

const ROUNDS = 2;
/** wrk begins its window with nothing in flight, which costs it one answer's time: 1.2 % of 5 s at 60 ms. */
const WINDOW_S = 5;

const engines: Engine[] = [];
for (const name of ['native', 'autocannon', 'wrk']) {
  const engine = engineNamed(name);
  const missing = await engine.unavailable();
  if (missing === null) engines.push(engine);
  else process.stderr.write(`\nSKIPPED on this machine: parity with ${name}: ${missing.reason} (${missing.hint})\n`);
}

/** The system's choice, free again when this returns. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('engines against one mock', () => {
  it('agree on rate and median latency', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const mock = await new MockProcessDriver().start(
      {
        port: await freePort(),
        latency: '60ms',
        streamChunkDelayMs: 0,
        processes: 1,
        seed: 1,
        logFile: join(folder, 'mock.log'),
      },
      new AbortController().signal,
    );
    onTestFinished(() => mock.stop());
    const measured = new Map(engines.map(({ name }) => [name, { rates: [] as number[], p50sUs: [] as number[] }]));
    // Interleaved, so that what else this machine does is shared by all of them.
    for (let round = 0; round < ROUNDS; round++) {
      for (const engine of engines) {
        const spec = aSpec({ origin: mock.origin, vus: 50, warmupS: 1.5, durationS: WINDOW_S });
        const { requests, windowS, latencyUs } = await (await engine.start(spec, () => undefined)).done;
        expect(requests.failed, engine.name).toEqual({});
        measured.get(engine.name)?.rates.push(requests.ok / windowS);
        measured.get(engine.name)?.p50sUs.push(latencyUs?.p50 ?? Number.NaN);
      }
    }
    const figures = [...measured].map(([name, { rates, p50sUs }]) => ({
      name,
      // Whatever else this machine does makes an engine look slower, never faster.
      rate: Math.max(...rates),
      p50Us: Math.min(...p50sUs),
    }));
    const told = JSON.stringify(figures);
    const rates = figures.map(({ rate }) => rate);
    const p50sUs = figures.map(({ p50Us }) => p50Us);
    expect(Math.max(...rates) / Math.min(...rates), told).toBeLessThan(1.03);
    expect(Math.max(...p50sUs) - Math.min(...p50sUs), told).toBeLessThan(500);
  });
});
