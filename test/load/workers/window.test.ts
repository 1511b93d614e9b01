import { describe, expect, it } from 'vitest';
import { decodeHistogram } from '../../../common/histogram.js';
import type { LoadProgress } from '../../../src/load/engine.js';
import {
  CHUNK,
  COMPLETION,
  checked,
  failures,
  http,
  httpServer,
  loadsOf,
  respond,
  tcpServer,
  WORKER_ENGINES,
} from './harness.js';

describe.each(WORKER_ENGINES)('%s engine: what the window holds', (engineName, make) => {
  const { runLoad, startLoad } = loadsOf(make);

  it('counts the same requests as the server', async () => {
    let requests = 0;
    const origin = await httpServer((_request, response) => {
      requests += 1;
      setTimeout(() => respond(response), 5);
    });
    const result = await runLoad({ origin, vus: 5, warmupS: 0, durationS: 1 });
    expect(failures(result)).toBe(0);
    expect(result.requests.inFlightAtStart).toBe(0);
    expect(result.requests.inFlightAtEnd).toBeLessThanOrEqual(5);
    // A VU may write once more between the window's end and its own.
    expect(requests - (result.requests.sent ?? 0)).toBeGreaterThanOrEqual(0);
    expect(requests - (result.requests.sent ?? 0)).toBeLessThanOrEqual(5);
    expect(result.windowS).toBeCloseTo(1, 9);
    expect(result.eventLoopUtilisation).toBeGreaterThan(0);
    expect(result.eventLoopUtilisation).toBeLessThanOrEqual(1);
    expect(result.bytesReceived).toBeGreaterThan(result.requests.ok * COMPLETION.length);
    // Made once, and kept: in a load without a warm-up, or in its warm-up.
    expect(result.connectUs?.count).toBe(5);
    expect(result.absent).toEqual({});
  });

  it('keeps the warm-up out of every figure', async () => {
    let responses = 0;
    const origin = await httpServer((_request, response) => {
      responses += 1;
      // Two a VU, so done within the first second of the warm-up: only the status tells them from what follows.
      const bad = responses <= 8;
      setTimeout(() => respond(response, COMPLETION, bad ? 503 : 200), bad ? 50 : 5);
    });
    const result = await runLoad({ origin, vus: 4, warmupS: 2.5, durationS: 1 });
    expect(result.requests.failed).toEqual({});
    expect(result.requests.statusCodes).toEqual({});
    expect(result.failureExamples).toEqual([]);
    expect(result.failedLatencyUs).toBeNull();
    // The warm-up's second half was answered well, and is in none of these either.
    expect(result.latencyUs?.count).toBe(result.requests.ok);
    expect(result.requests.ok).toBeLessThan(responses - 8);
    const warmup = result.seconds.filter((second) => second.phase === 'warmup');
    expect(warmup.reduce((sum, second) => sum + second.failed, 0)).toBe(8);
    expect(result.seconds.map((second) => `${second.phase} ${second.second}`)).toEqual([
      'warmup 0',
      'warmup 1',
      'warmup 2',
      'window 2',
      'window 3',
    ]);
  });

  it('carries requests over both ends of the window', async () => {
    const origin = await httpServer((_request, response) => void setTimeout(() => respond(response), 2000));
    const result = await runLoad({ origin, vus: 3, warmupS: 1, durationS: 2 });
    // Each VU writes at 0 s and at 2 s: the first is under way at 1 s, the second still is at 3 s.
    expect(result.requests).toEqual({
      sent: 6,
      ok: 3,
      failed: {},
      inFlightAtEnd: 3,
      inFlightAtStart: 3,
      reopened: 0,
      statusCodes: {},
    });
  });

  it('ends with its window, whoever still waits', async () => {
    const origin = await httpServer(() => undefined);
    const result = await runLoad({ origin, vus: 3, warmupS: 1.5, durationS: 0.3 });
    expect(result.meanInFlight).toBeCloseTo(3, 6);
    expect(result.requests).toEqual({
      sent: 3,
      ok: 0,
      failed: {},
      inFlightAtEnd: 3,
      inFlightAtStart: 3,
      reopened: 0,
      statusCodes: {},
    });
    expect(result.meanResponseUs).toBeNull();
  });

  it('shares VUs among workers that a count does not divide', async () => {
    const seen = new Set<unknown>();
    const origin = await httpServer((request, response) => {
      seen.add(request.socket);
      setTimeout(() => respond(response), 20);
    });
    const result = await runLoad({ origin, vus: 7, durationS: 1, limits: { maxWorkers: 3, vusPerWorker: 3 } });
    expect(result.workers).toBe(3);
    expect(seen.size).toBe(7);
    expect(failures(result)).toBe(0);
    expect(result.requests.inFlightAtStart).toBeLessThanOrEqual(7);
  });

  it('sends the same percentiles as the server caused', async () => {
    let requests = 0;
    // 90 % take 10 ms, 10 % take 400 ms: so far apart that a slow machine keeps them apart too.
    const origin = await httpServer((_request, response) => {
      requests += 1;
      setTimeout(() => respond(response), requests % 10 === 0 ? 400 : 10);
    });
    const { latencyUs } = await runLoad({ origin, vus: 10, durationS: 2 });
    if (latencyUs === null) throw new Error('no successes');
    expect(latencyUs.p50).toBeGreaterThan(8_000);
    expect(latencyUs.p95).toBeGreaterThan(398_000);
    expect(latencyUs.p95 / latencyUs.p50).toBeGreaterThan(2);
    const sorted = [
      latencyUs.min,
      latencyUs.p50,
      latencyUs.p90,
      latencyUs.p95,
      latencyUs.p99,
      latencyUs.p999,
      latencyUs.max,
    ];
    expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
    expect(decodeHistogram(latencyUs.histogram ?? '').totalCount).toBe(latencyUs.count);
  });

  it("keeps Little's law: VUs = rate * mean response", async () => {
    const origin = await httpServer((_request, response) => void setTimeout(() => respond(response), 10));
    const result = await runLoad({ origin, vus: 20, durationS: 2 });
    const inSystem = (result.requests.ok / result.windowS) * ((result.meanResponseUs ?? 0) / 1e6);
    // A request that is under way at either end counts whole or not at all: a stall there is up to 20 long ones.
    expect(Math.abs(inSystem - 20) / 20).toBeLessThan(0.3);
  });

  it('connects again after "Connection: close" without a failure', async () => {
    let connections = 0;
    const origin = await httpServer((request, response) => {
      if (!('counted' in request.socket)) connections += 1;
      Object.assign(request.socket, { counted: true });
      response.setHeader('connection', 'close');
      setTimeout(() => respond(response), 25);
    });
    const result = await runLoad({ origin, vus: 2 });
    expect(result.requests.failed).toEqual({});
    expect(result.requests.ok).toBeGreaterThan(2);
    expect(connections).toBeGreaterThanOrEqual(result.requests.ok);
    expect(result.connectUs?.count).toBeGreaterThanOrEqual(result.requests.ok);
    expect(result.connectUs?.p50).toBeLessThan(result.latencyUs?.p50 ?? 0);
  });

  it('writes a request again whose connection was closed while it was idle, without a failure', async () => {
    const serve = (announced: boolean) =>
      tcpServer((socket) => {
        const head = announced ? 'Connection: close\r\n' : '';
        setTimeout(() => socket.end(http(COMPLETION, head)), 5);
      });
    const announced = await runLoad({ origin: await serve(true), vus: 4, durationS: 1 });
    const unannounced = await runLoad({ origin: await serve(false), vus: 4, durationS: 1 });
    expect(unannounced.requests.failed).toEqual({});
    // With a failure and a pause for every second request it would be a tenth.
    expect(unannounced.requests.ok).toBeGreaterThan(announced.requests.ok / 3);
    expect(announced.requests.reopened).toBe(0);
    // Every request but the first of a VU, give or take those at the window's ends.
    const missing = unannounced.requests.ok - (unannounced.requests.reopened ?? 0);
    expect(Math.abs(missing)).toBeLessThanOrEqual(8);
    expect(unannounced.latencyUs?.min).toBeGreaterThan(3000);
    const { wholeLoad } = unannounced;
    expect(wholeLoad?.sentAtMost).toBeGreaterThan(1.5 * (wholeLoad?.ok ?? Number.POSITIVE_INFINITY));
  });

  it('reads a body that ends with its connection', async () => {
    const origin = await tcpServer(
      (socket) => void setTimeout(() => socket.end(`HTTP/1.0 200 OK\r\n\r\n${COMPLETION}`), 5),
    );
    const result = await runLoad({ origin, vus: 2 });
    expect(result.requests.failed).toEqual({});
    expect(result.requests.ok).toBeGreaterThan(5);
  });

  it('reads responses in pieces of any size', async () => {
    const body = `${COMPLETION.slice(0, -1)},"note":"größe"}`;
    const bytes = Buffer.from(http(body));
    const origin = await tcpServer((socket) => {
      socket.setNoDelay(true);
      let at = 0;
      const drip = setInterval(() => {
        socket.write(bytes.subarray(at, at + 40));
        at += 40;
        if (at >= bytes.length) clearInterval(drip);
      }, 1);
    });
    const result = await runLoad({ origin, vus: 2, durationS: 1 });
    expect(result.requests.failed).toEqual({});
    expect(result.requests.ok).toBeGreaterThan(2);
  });

  it('measures streams to their first byte and to their last', async () => {
    const origin = await httpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(CHUNK);
      setTimeout(() => response.end(`${CHUNK}data: [DONE]\n\n`), 300);
    });
    const result = await runLoad({ origin, stream: true, vus: 4, durationS: 1.5 });
    expect(result.requests.failed).toEqual({});
    expect(result.latencyUs?.min).toBeGreaterThan(298_000);
    expect(result.firstByteUs?.p50).toBeLessThan((result.latencyUs?.p50 ?? 0) / 2);
  });

  it('takes neither an early head nor a comment nor a frame without text for the answer’s first byte', async () => {
    const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
    const parts = [
      // autocannon takes an interim response for the final one.
      ...(engineName === 'native' ? ['HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'] : []),
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
      chunk(': wait\n\n'),
      chunk('data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n'),
      chunk(CHUNK),
      chunk('data: [DONE]\n\n') + chunk(''),
    ];
    const origin = await tcpServer((socket) => {
      for (const [index, part] of parts.entries()) setTimeout(() => socket.write(part), index * 30);
    });
    const result = await runLoad({ origin, stream: true, vus: 1, durationS: 1.5 });
    expect(result.requests.failed).toEqual({});
    // The first frame with text is the last part but one. Timers fire up to a millisecond early.
    expect(result.firstByteUs?.min).toBeGreaterThan((parts.length - 2) * 29_000);
    expect(result.firstByteUs?.min).toBeLessThan((result.latencyUs?.min ?? 0) - 10_000);
  });

  it('takes the first byte of a body for the answer’s, not that of its head', async () => {
    const origin = await tcpServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${COMPLETION.length}\r\n\r\n`);
      setTimeout(() => {
        socket.write(COMPLETION.slice(0, 5));
        setTimeout(() => socket.write(COMPLETION.slice(5)), 40);
      }, 40);
    });
    const result = await runLoad({ origin, vus: 1, durationS: 1.5 });
    expect(result.requests.failed).toEqual({});
    expect(result.firstByteUs?.min).toBeGreaterThan(38_000);
    expect(result.firstByteUs?.min).toBeLessThan((result.latencyUs?.min ?? 0) - 20_000);
  });

  it('tells how it goes, once a second', async () => {
    const origin = await httpServer((_request, response) => void setTimeout(() => respond(response), 10));
    const told: LoadProgress[] = [];
    const beforeMs = Date.now();
    const run = await startLoad(
      { origin, vus: 4, warmupS: 1, durationS: 2, limits: { maxWorkers: 2, vusPerWorker: 2 } },
      (progress) => {
        told.push(progress);
      },
    );
    const startedMs = await run.windowStarted;
    // An epoch in milliseconds, of the moment when the warm-up was over.
    expect(startedMs).toBeGreaterThanOrEqual(beforeMs + 1000);
    expect(startedMs).toBeLessThanOrEqual(Date.now());
    const result = checked(await run.done);
    expect(told.map(({ phase, atS }) => [phase, Math.round(atS)])).toEqual([
      ['warmup', 1],
      ['window', 1],
      ['window', 2],
    ]);
    expect(told.slice(1).reduce((sum, progress) => sum + (progress.ratePerSec ?? 0), 0)).toBeCloseTo(
      result.requests.ok,
      3,
    );
    for (const { p99Us } of told) expect(p99Us).toBeGreaterThan(8000);
  });
});
