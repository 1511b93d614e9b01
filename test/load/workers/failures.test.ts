import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  CHUNK,
  COMPLETION,
  checked,
  closedPort,
  failures,
  http,
  httpServer,
  type LoadOptions,
  loadsOf,
  respond,
  tcpServer,
  WORKER_ENGINES,
} from './harness.js';

// Concurrent: these loads mostly wait, and their assertions are on classes and not on times.
describe.concurrent.each(WORKER_ENGINES)('%s engine: every failure class from a real peer', (_name, make) => {
  const { runLoad: runFor, startLoad } = loadsOf(make);
  /** Long enough for a failure and what follows its back-off, on a machine that stalls too. */
  const runLoad = (options: LoadOptions) => runFor({ durationS: 2, ...options });

  it('counts refused connections and backs off', async () => {
    const result = await runLoad({ origin: await closedPort(), vus: 4, warmupS: 0, durationS: 2 });
    expect(Object.keys(result.requests.failed)).toEqual(['refused']);
    expect(result.requests.ok).toBe(0);
    // 0, 100, 300, 700 and 1500 ms after the start: 5 attempts a VU. Without back-off it would be thousands.
    expect(failures(result)).toBeGreaterThanOrEqual(4 * 2);
    expect(failures(result)).toBeLessThanOrEqual(4 * 5);
    expect(result.failureExamples[0]).toMatch(/^refused: connect ECONNREFUSED/);
  });

  it('goes on where a gateway comes up late', async () => {
    const origin = await closedPort();
    const run = await startLoad({ origin, vus: 2, warmupS: 0, durationS: 3.5 });
    await sleep(1000);
    const server = createServer((_request, response) => void setTimeout(() => respond(response), 5));
    server.listen(Number(new URL(origin).port), '127.0.0.1');
    const result = checked(await run.done);
    server.closeAllConnections();
    server.close();
    expect(result.requests.failed.refused).toBeGreaterThanOrEqual(2);
    expect(result.requests.ok).toBeGreaterThan(10);
  });

  // Alone: with every other load of this file beside it, more resets are seen as closes.
  it.sequential('tells a reset within a response, and connects again', async () => {
    let responses = 0;
    const origin = await tcpServer((socket) => {
      responses += 1;
      if (responses % 3 !== 0) {
        socket.write(http(COMPLETION));
        return;
      }
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"id"');
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    const result = await runLoad({ origin });
    expect(result.requests.failed.reset).toBeGreaterThan(0);
    // A busy machine may hear of the end before it hears how it came.
    expect(Object.keys(result.requests.failed).filter((name) => name !== 'closed')).toEqual(['reset']);
    expect(result.requests.ok).toBeGreaterThan(0);
  });

  it('backs off where connections are reset before a byte', async () => {
    const origin = await tcpServer((socket) => socket.resetAndDestroy());
    const result = await runLoad({ origin, vus: 2, warmupS: 0, durationS: 1 });
    expect(Object.keys(result.requests.failed)).toEqual(['reset']);
    expect(failures(result)).toBeLessThanOrEqual(2 * 4);
  });

  it('tells a close within a response', async () => {
    const origin = await tcpServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"id"'));
    const result = await runLoad({ origin, warmupS: 0, durationS: 1 });
    expect(Object.keys(result.requests.failed)).toEqual(['closed']);
    expect(result.failureExamples[0]).toContain('within a response');
    expect(result.requests.ok).toBe(0);
  });

  it('tells a close within a chunked response, and within a head', async () => {
    let connections = 0;
    const origin = await tcpServer((socket) => {
      connections += 1;
      const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n';
      socket.end(connections % 2 === 0 ? head : `${head}\r\n5\r\n{"id"\r\n`);
    });
    const result = await runLoad({ origin, warmupS: 0, durationS: 1 });
    expect(Object.keys(result.requests.failed)).toEqual(['closed']);
    expect(result.failureExamples).toHaveLength(1);
    expect(result.failureExamples[0]).toContain('within a response');
    expect(result.requests.ok).toBe(0);
  });

  it('takes the response of a peer that closed its half already, and connects again', async () => {
    const origin = await tcpServer((socket) => socket.end(http(COMPLETION)));
    const result = await runLoad({ origin, vus: 1 });
    expect(result.requests.ok).toBeGreaterThan(0);
    expect(result.requests.failed).toEqual({});
    expect(result.requests.reopened).toBeGreaterThan(0);
  });

  it('writes a request again only once: a peer that stops to answer is closed, and backs the VU off', async () => {
    let connections = 0;
    const origin = await tcpServer((socket) => {
      connections += 1;
      socket.end(connections === 1 ? http(COMPLETION) : '');
    });
    const result = await runLoad({ origin, vus: 1, warmupS: 0, durationS: 1 });
    expect(result.requests).toMatchObject({ ok: 1, reopened: 1 });
    expect(Object.keys(result.requests.failed)).toEqual(['closed']);
    expect(failures(result)).toBeLessThanOrEqual(4);
  });

  it('backs off from failed responses on the connection that they leave open', async () => {
    const sockets = new Set<unknown>();
    const origin = await httpServer((request, response) => {
      sockets.add(request.socket);
      response.setHeader('retry-after', sockets.size === 1 ? '7' : 'Fri, 01 Jan 1990 00:00:00 GMT');
      respond(response, '{"error":"overloaded"}', 503);
    });
    const result = await runLoad({ origin, vus: 4, warmupS: 0, durationS: 2 });
    expect(Object.keys(result.requests.failed)).toEqual(['http_5xx']);
    // 0, 100, 300, 700 and 1500 ms after the start: 5 requests a VU. Without back-off it would be thousands.
    expect(failures(result)).toBeGreaterThanOrEqual(4 * 2);
    expect(failures(result)).toBeLessThanOrEqual(4 * 5);
    expect(sockets.size).toBe(4);
    expect(result.requests.retryAfter).toEqual({ responses: failures(result), minS: 0, maxS: 7 });
    // Think time is not time in the system, and is counted as exactly.
    expect(result.meanInBackOff).toBeGreaterThan(2);
    expect((result.meanInFlight ?? 0) + (result.meanInBackOff ?? 0)).toBeLessThan(4.2);
  });

  it('is as eager as ever once a response is right', async () => {
    let requests = 0;
    const origin = await httpServer((_request, response) => {
      requests += 1;
      setTimeout(() => respond(response, requests % 20 === 0 ? '{}' : COMPLETION), 2);
    });
    const result = await runLoad({ origin, vus: 1, warmupS: 0, durationS: 2 });
    const failed = failures(result);
    expect(failed).toBeGreaterThan(2);
    // A pause of 100 ms each: longer ones would leave no time for so many.
    expect(result.meanInBackOff).toBeLessThanOrEqual((failed * 0.1) / 2 + 0.001);
    expect(result.requests.ok).toBeGreaterThan(15 * failed);
  });

  it('takes no bytes for a response that come in back-off', async () => {
    let requests = 0;
    const origin = await tcpServer((socket) => {
      requests += 1;
      if (requests % 2 === 0) {
        socket.write(http(COMPLETION));
        return;
      }
      socket.write('HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n');
      // While the VU waits.
      setTimeout(() => socket.write(http(COMPLETION)), 20);
    });
    const result = await runLoad({ origin, vus: 1, warmupS: 0, durationS: 1.5 });
    expect(Object.keys(result.requests.failed)).toEqual(['http_5xx']);
    expect(Math.abs(result.requests.ok - failures(result))).toBeLessThanOrEqual(1);
    expect(result.requests.ok).toBeGreaterThan(0);
  });

  it('opens a new connection where the old one was closed in back-off', async () => {
    let requests = 0;
    const origin = await tcpServer((socket) => {
      requests += 1;
      if (requests % 2 === 0) {
        socket.write(http(COMPLETION));
        return;
      }
      socket.write('HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n');
      setTimeout(() => socket.end(), 20);
    });
    const result = await runLoad({ origin, vus: 1, warmupS: 0, durationS: 1.5 });
    expect(result.requests.failed).toEqual({ http_4xx: expect.any(Number) });
    expect(result.requests.ok).toBeGreaterThan(0);
  });

  it('tells a close before a response, and backs off', async () => {
    const origin = await tcpServer((socket) => socket.end());
    const result = await runLoad({ origin, vus: 2, warmupS: 0, durationS: 1 });
    expect(Object.keys(result.requests.failed)).toEqual(['closed']);
    expect(failures(result)).toBeLessThanOrEqual(2 * 4);
  });

  it('gives a request up after the time-out, not the connection', async () => {
    let requests = 0;
    const origin = await httpServer((_request, response) => {
      requests += 1;
      if (requests % 2 === 0) respond(response);
    });
    const result = await runLoad({ origin, vus: 2, timeoutS: 0.2, warmupS: 0, durationS: 1.5 });
    expect(Object.keys(result.requests.failed)).toEqual(['timeout']);
    expect(failures(result)).toBeGreaterThanOrEqual(2);
    expect(result.requests.ok).toBeGreaterThan(0);
    expect(result.failedLatencyUs?.min).toBeGreaterThanOrEqual(199_000);
  });

  it('times out a response that only drips', async () => {
    const origin = await tcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const drip = setInterval(() => socket.write('1\r\nx\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const result = await runLoad({ origin, vus: 1, timeoutS: 0.2, warmupS: 0, durationS: 1 });
    expect(Object.keys(result.requests.failed)).toEqual(['timeout']);
  });

  it.each([
    [301, 'http_3xx'],
    [404, 'http_4xx'],
    [500, 'http_5xx'],
    [503, 'http_5xx'],
  ] as const)('counts %i as %s, with the code', async (status, failureClass) => {
    const origin = await httpServer((_request, response) => {
      setTimeout(() => respond(response, '{"error":"no upstream"}', status), 5);
    });
    const result = await runLoad({ origin, warmupS: 0, durationS: 1 });
    expect(Object.keys(result.requests.failed)).toEqual([failureClass]);
    expect(result.requests.statusCodes).toEqual({ [status]: result.requests.failed[failureClass] });
    expect(result.failureExamples).toEqual([`${failureClass} ${status}: {"error":"no upstream"}`]);
    expect(result.latencyUs).toBeNull();
    expect(result.meanResponseUs).toBeGreaterThan(4000);
  });

  it.each([
    ['text', 'It works!'],
    ['another object', '{"object":"list","data":[]}'],
    ['an error in a 200', '{"error":{"message":"over quota"}}'],
    ['nothing', ''],
    ['half a completion', COMPLETION.slice(0, -20)],
  ])('counts a 200 with %s as bad_body', async (_what, body) => {
    const origin = await httpServer((_request, response) => void setTimeout(() => respond(response, body), 5));
    const result = await runLoad({ origin, warmupS: 0, durationS: 1 });
    expect(Object.keys(result.requests.failed)).toEqual(['bad_body']);
    expect(result.requests.ok).toBe(0);
    expect(result.requests.statusCodes).toEqual({});
  });

  it('counts every second body that spells a key otherwise, at the same length', async () => {
    let requests = 0;
    const origin = await httpServer((_request, response) => {
      requests += 1;
      const id = `chatcmpl-${String(requests).padStart(8, '0')}`;
      const body = COMPLETION.replace('chatcmpl-1', id);
      const wrong = requests % 2 === 0 ? body.replace('choices', 'chOIces') : body;
      setTimeout(() => respond(response, wrong), 2);
    });
    const result = await runLoad({ origin, vus: 1, durationS: 1.5, texts: ['Hello'] });
    expect(Object.keys(result.requests.failed)).toEqual(['bad_body']);
    expect(result.requests.ok).toBeGreaterThan(2);
    expect(Math.abs(result.requests.ok - failures(result))).toBeLessThanOrEqual(1);
    expect(result.failureExamples[0]).toMatch(/^bad_body 200: it has no "choices": /);
  });

  it('counts completions without "object" as bad_body, unless the gateway may leave it out', async () => {
    const { object: _, ...rest } = JSON.parse(COMPLETION);
    const origin = await httpServer(
      (_request, response) => void setTimeout(() => respond(response, JSON.stringify(rest)), 5),
    );
    const strict = await runLoad({ origin, vus: 1 });
    expect(strict.requests.ok).toBe(0);
    expect(strict.failureExamples[0]).toMatch(/^bad_body 200: it has no "object": /);
    const lenient = await runLoad({ origin, vus: 1, objectOptional: true });
    expect(lenient.requests.ok).toBeGreaterThan(2);
    expect(lenient.requests.failed).toEqual({});
  });

  it('counts another text than the upstream’s as bad_body, and says which', async () => {
    const origin = await httpServer((_request, response) => void setTimeout(() => respond(response), 5));
    const result = await runLoad({ origin, durationS: 1.5, texts: ['Hello there'] });
    expect(result.requests.ok).toBe(0);
    expect(result.failureExamples[0]).toMatch(/^bad_body 200: its text is cut off after 5 of 11 characters: /);
  });

  it('finds every stream whose frames are not the upstream’s, and says what happened to them', async () => {
    const frame = (content: string) =>
      `data: {"id":"x${streams % 10}","choices":[{"delta":{"content":"${content}"},"finish_reason":null}]}\n\n`;
    const end = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    const kinds = [
      ['One', ' two', ' three'],
      ['One', ' three'],
      ['One', ' two', ' two', ' three'],
      ['One', ' three', ' two'],
      ['One', ' two three'],
    ];
    let streams = 0;
    const origin = await httpServer((_request, response) => {
      const texts = kinds[streams % kinds.length] ?? [];
      streams += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      setTimeout(() => response.end(texts.map(frame).join('') + end), 2);
    });
    const result = await runLoad({
      origin,
      stream: true,
      texts: ['One', ' two', ' three'],
      vus: 1,
      warmupS: 0,
      durationS: 4,
    });
    expect(Object.keys(result.requests.failed)).toEqual(['bad_body']);
    // Four failures in a row take 1.5 s of back-off.
    expect(result.requests.ok).toBeGreaterThan(0);
    expect(Math.abs(4 * result.requests.ok - failures(result))).toBeLessThanOrEqual(4);
    for (const words of ['2 of 3 with text is missing', 'repetition', 'out of order', 'merged']) {
      expect(result.failureExamples.filter((example) => example.includes(words))).toHaveLength(1);
    }
  });

  it('counts a response that is not HTTP as bad_body', async () => {
    const origin = await tcpServer((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    const result = await runLoad({ origin });
    expect(Object.keys(result.requests.failed)).toEqual(['bad_body']);
    expect(result.failureExamples[0]).toContain('not HTTP');
  });

  it('takes a whole stream, and no stream without [DONE]', async () => {
    let streams = 0;
    const origin = await httpServer((_request, response) => {
      streams += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(CHUNK);
      setTimeout(() => response.end(streams % 2 === 0 ? `${CHUNK}data: [DONE]\n\n` : CHUNK), 5);
    });
    const result = await runLoad({ origin, stream: true, vus: 1 });
    expect(Object.keys(result.requests.failed)).toEqual(['bad_body']);
    expect(Math.abs(result.requests.ok - failures(result))).toBeLessThanOrEqual(1);
  });

  it('never takes bytes that nobody asked for as the next response', async () => {
    let requests = 0;
    const origin = await tcpServer((socket) => {
      requests += 1;
      // Two responses to each request, in one piece: the second is nobody's.
      setTimeout(() => socket.write(http(COMPLETION) + http(COMPLETION)), 5);
    });
    const result = await runLoad({ origin, vus: 1, warmupS: 0 });
    expect(result.requests.sent).toBeLessThanOrEqual(requests);
    expect(Object.keys(result.requests.failed)).toEqual(['bad_body']);
    expect(result.failureExamples).toEqual(['bad_body 200: bytes follow the response']);
    expect(result.requests.ok).toBe(0);
    expect(result.failedLatencyUs?.min).toBeGreaterThan(3000);
  });

  it('uses no connection again on which HTTP/1.0 came in chunks', async () => {
    let requestsOnOne = 0;
    let most = 0;
    const chunked = `${COMPLETION.length.toString(16)}\r\n${COMPLETION}\r\n0\r\n\r\n`;
    const head = 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n';
    const origin = await tcpServer(
      (socket) => {
        requestsOnOne += 1;
        most = Math.max(most, requestsOnOne);
        setTimeout(() => socket.write(head + chunked), 5);
      },
      () => {
        requestsOnOne = 0;
      },
    );
    const result = await runLoad({ origin, vus: 1 });
    expect(result.requests.ok).toBeGreaterThan(5);
    expect(failures(result)).toBe(0);
    expect(most).toBe(1);
  });

  it('takes a stray byte behind a response for what it is', async () => {
    let requests = 0;
    const origin = await tcpServer((socket) => {
      requests += 1;
      const stray = requests % 2 === 0 ? '\n' : '';
      setTimeout(() => socket.write(http(COMPLETION) + stray), 5);
    });
    const result = await runLoad({ origin, vus: 1, warmupS: 0, durationS: 2 });
    expect(Object.keys(result.requests.failed)).toEqual(['bad_body']);
    expect(Math.abs(result.requests.ok - failures(result))).toBeLessThanOrEqual(1);
  });

  it('starts a new connection with a fresh parser', async () => {
    let connections = 0;
    const origin = await tcpServer((socket) => {
      connections += 1;
      // Every other connection dies within a body whose rest would swallow the next response.
      if (connections % 2 === 1) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf');
      else socket.end(http(COMPLETION, 'Connection: close\r\n'));
    });
    const result = await runLoad({ origin, vus: 1 });
    expect(Object.keys(result.requests.failed)).toEqual(['closed']);
    expect(Math.abs(result.requests.ok - failures(result))).toBeLessThanOrEqual(1);
  });
});

const prlimit = spawnSync('prlimit', ['--version']).status === 0;
if (!prlimit)
  process.stderr.write('not tested: running out of descriptors, for want of prlimit (Debian: util-linux)\n');

describe.skipIf(!prlimit).each(WORKER_ENGINES)('%s engine: this machine runs out', (_name, make) => {
  const { startLoad } = loadsOf(make);

  it('counts a lack of descriptors as local, and backs off', async () => {
    const origin = await httpServer((_request, response) => {
      response.setHeader('connection', 'close');
      setTimeout(() => respond(response), 20);
    });
    const run = await startLoad({ origin, vus: 3, warmupS: 0, durationS: 2 });
    await sleep(500);
    // What is open stays open, but no connection can be added.
    expect(spawnSync('prlimit', ['--pid', String(run.pids()[0]), '--nofile=4:4']).status).toBe(0);
    const result = checked(await run.done);
    expect(Object.keys(result.requests.failed)).toEqual(['local']);
    expect(result.failureExamples[0]).toContain('EMFILE');
    expect(result.requests.ok).toBeGreaterThan(0);
    expect(failures(result)).toBeLessThanOrEqual(3 * 5);
  });
});
