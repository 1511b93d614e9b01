import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chatRequest, RawConnection } from './raw-connection.js';
import { type StartedMock, startMock, until } from './started-mock.js';

const LATENCY_MS = 100;
const CHUNK_DELAY_MS = 20;
const MODEL_A = '{"model":"model-a"}';
const MODEL_B = '{"model":"model-b"}';
const STREAM = '{"model":"model-s","stream":true}';

let mock: StartedMock;

beforeAll(async () => {
  mock = await startMock('--latency', `${LATENCY_MS}ms`, '--stream-chunk-delay-ms', `${CHUNK_DELAY_MS}`);
});
afterAll(() => mock.stop());

const open = (): Promise<RawConnection> => RawConnection.open(mock.port);

function modelsIn(text: string): string[] {
  return [...text.matchAll(/"model":"([^"]+)"/g)].map(([, model]) => model ?? '');
}

describe('how requests come in', () => {
  test('byte by byte', async () => {
    const connection = await open();
    await connection.writeSlowly(chatRequest(MODEL_A));
    expect(modelsIn(await connection.receive('"usage"'))).toEqual(['model-a']);
    connection.socket.destroy();
  });

  test('in chunks, one of them split', async () => {
    const connection = await open();
    const head = 'POST /v1/chat/completions HTTP/1.1\r\nHost: mock\r\nTransfer-Encoding: chunked\r\n\r\n';
    await connection.writeSlowly(`${head}9\r\n{"model":\r\na;ext=1\r\n"model-a"}\r\n0\r\nTrailer: x\r\n\r\n`);
    expect(modelsIn(await connection.receive('"usage"'))).toEqual(['model-a']);
    connection.socket.destroy();
  });

  test('slowly: the latency counts from the last byte', async () => {
    const connection = await open();
    const request = chatRequest(MODEL_A);
    connection.write(request.slice(0, -1));
    await sleep(2 * LATENCY_MS);
    expect(connection.received).toBe('');
    const lastByteMs = performance.now();
    connection.write(request.slice(-1));
    expect(await connection.receive('"usage"')).toContain('200 OK');
    expect(performance.now() - lastByteMs).toBeGreaterThanOrEqual(LATENCY_MS);
    connection.socket.destroy();
  });

  test('with Expect: 100-continue', async () => {
    const connection = await open();
    const request = chatRequest(MODEL_A, ['Expect: 100-continue']);
    connection.write(request.slice(0, -MODEL_A.length));
    await connection.receive('100 Continue');
    connection.write(MODEL_A);
    expect(await connection.receive('"usage"')).toContain('200 OK');
    connection.socket.destroy();
  });

  test('with Expect: 100-continue, behind a request that still waits: its turn comes first', async () => {
    const connection = await open();
    const request = chatRequest(MODEL_B, ['Expect: 100-continue']);
    connection.write(chatRequest(MODEL_A) + request.slice(0, -MODEL_B.length));
    await connection.receive('100 Continue');
    expect(connection.received.indexOf('model-a')).toBeLessThan(connection.received.indexOf('100 Continue'));
    connection.write(MODEL_B);
    expect(modelsIn(await connection.receive('"usage"', 2))).toEqual(['model-a', 'model-b']);
    connection.socket.destroy();
  });

  test('with a body that was not waited for: no 100 is owed any more', async () => {
    const connection = await open();
    connection.write(chatRequest(MODEL_A) + chatRequest(MODEL_B, ['Expect: 100-continue']));
    expect(await connection.receive('"usage"', 2)).not.toContain('100 Continue');
    connection.socket.destroy();
  });

  test('thousands at once, more than are taken in at a time', async () => {
    const connection = await open();
    const models = Array.from({ length: 5000 }, (_, i) => `model-${i}`);
    connection.write(models.map((model) => chatRequest(JSON.stringify({ model }))).join(''));
    expect(modelsIn(await connection.receive('"usage"', models.length))).toEqual(models);
    connection.socket.destroy();
  });

  test('from a client that reads nothing for a while', async () => {
    const connection = await open();
    connection.socket.pause();
    const count = 3000;
    connection.write(chatRequest(STREAM).repeat(count));
    await sleep(3 * LATENCY_MS);
    expect((await fetch(`${mock.origin}/health`)).status).toBe(200);
    connection.socket.destroy();
    await until(async () => (await mock.stats()).clientsGone > 0);
  });

  test('several at once: answered in order', async () => {
    const connection = await open();
    connection.write(chatRequest(STREAM) + chatRequest(MODEL_A) + chatRequest('bad') + chatRequest(MODEL_B));
    const received = await connection.receive('"usage"', 2);
    expect(modelsIn(received)).toEqual([...Array(7).fill('model-s'), 'model-a', 'model-b']);
    expect([...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '200',
      '200',
      '400',
      '200',
    ]);
    connection.socket.destroy();
  });

  test('one after another, on one connection', async () => {
    const connection = await open();
    for (let i = 1; i <= 3; i++) {
      connection.write(chatRequest(MODEL_A));
      await connection.receive('"usage"', i);
    }
    expect(modelsIn(connection.received)).toHaveLength(3);
    expect(connection.closed).toBe(false);
    connection.socket.destroy();
  });

  test('what comes behind the last request is not answered', async () => {
    const connection = await open();
    connection.write(chatRequest(MODEL_A, ['Connection: close']) + chatRequest(MODEL_B));
    expect(modelsIn(await connection.receiveToEnd())).toEqual(['model-a']);
  });

  test('with two lengths: refused behind the answer to the one before, and the connection ends', async () => {
    const connection = await open();
    connection.write(chatRequest(MODEL_A) + chatRequest(MODEL_B, ['Transfer-Encoding: chunked']));
    const received = await connection.receiveToEnd();
    expect(modelsIn(received)).toEqual(['model-a']);
    expect(received).toMatch(/HTTP\/1\.1 400 Bad Request.*Connection: close.*contradict/s);
  });

  test('with a head that never ends: 431', async () => {
    const connection = await open();
    connection.write(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(70_000)}`);
    expect(await connection.receiveToEnd()).toContain('431 Request Header Fields Too Large');
  });

  test('what is no HTTP is refused, and harms nobody else', async () => {
    const connection = await open();
    connection.write('HELLO\r\n\r\n');
    expect(await connection.receiveToEnd()).toContain('400 Bad Request');
    expect((await fetch(`${mock.origin}/health`)).status).toBe(200);
  });
});

describe('how answers end', () => {
  test('Connection: close', async () => {
    const connection = await open();
    connection.write(chatRequest(MODEL_A, ['Connection: close']));
    const received = await connection.receiveToEnd();
    expect(received).toMatch(/^Connection: close\r$/m);
    expect(modelsIn(received)).toEqual(['model-a']);
  });

  test('HTTP/1.0 closes', async () => {
    const connection = await open();
    connection.write(chatRequest(MODEL_A, [], '1.0'));
    expect(modelsIn(await connection.receiveToEnd())).toEqual(['model-a']);
  });

  test('HTTP/1.0 stays where it is asked to', async () => {
    const connection = await open();
    for (let i = 1; i <= 2; i++) {
      connection.write(chatRequest(MODEL_A, ['Connection: keep-alive'], '1.0'));
      await connection.receive('"usage"', i);
    }
    expect(modelsIn(connection.received)).toEqual(['model-a', 'model-a']);
    connection.socket.destroy();
  });

  test('a stream over HTTP/1.0 has no chunked encoding, and ends with the connection', async () => {
    const connection = await open();
    connection.write(chatRequest(STREAM, [], '1.0'));
    const received = await connection.receiveToEnd();
    expect(received).not.toMatch(/transfer-encoding/i);
    expect(received).toMatch(/data: \[DONE\]\n\n$/);
  });

  test('each event of a stream is an HTTP chunk of its own, the delay apart', async () => {
    const connection = await open();
    const startMs = performance.now();
    connection.write(chatRequest(STREAM));
    const received = await connection.receive('\r\n0\r\n\r\n');
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(LATENCY_MS + 6 * CHUNK_DELAY_MS);
    expect(received.match(/^[0-9a-f]+\r\ndata: /gm)).toHaveLength(7);
    connection.socket.destroy();
  });
});

describe('clients that leave', () => {
  // Slower than the others, so that they leave while they still wait, on a busy machine too.
  let slow: StartedMock;

  beforeAll(async () => {
    slow = await startMock('--latency', '700ms', '--stream-chunk-delay-ms', '700');
  });
  afterAll(() => slow.stop());

  const openSlow = (): Promise<RawConnection> => RawConnection.open(slow.port);

  test('mid-wait: counted, and nothing is released for them', async () => {
    await slow.resetStats();
    const leaving = await openSlow();
    leaving.write(chatRequest(MODEL_A) + chatRequest(MODEL_A) + chatRequest(MODEL_B));
    await until(async () => (await slow.stats()).requests === 3);
    leaving.socket.destroy();
    const staying = await openSlow();
    staying.write(chatRequest(MODEL_B));
    await staying.receive('"usage"');
    expect(await slow.stats()).toMatchObject({
      requests: 4,
      completions: 1,
      clientsGone: 3,
      latenessUs: { count: 1 },
    });
    staying.socket.destroy();
  });

  test('by a reset', async () => {
    await slow.resetStats();
    const leaving = await openSlow();
    leaving.write(chatRequest(MODEL_A));
    await until(async () => (await slow.stats()).requests === 1);
    leaving.socket.resetAndDestroy();
    await until(async () => (await slow.stats()).clientsGone === 1);
    expect(await slow.stats()).toMatchObject({ completions: 0 });
  });

  test('before their body is whole', async () => {
    await slow.resetStats();
    const leaving = await openSlow();
    leaving.write(chatRequest(MODEL_A).slice(0, -3));
    await until(async () => (await slow.stats()).requests === 1);
    leaving.socket.destroy();
    await until(async () => (await slow.stats()).clientsGone === 1);
    expect(await slow.stats()).toMatchObject({ completions: 0, latenessUs: { count: 0 } });
  });

  test('mid-stream', async () => {
    await slow.resetStats();
    const leaving = await openSlow();
    leaving.write(chatRequest(STREAM));
    await leaving.receive('data: ');
    leaving.socket.destroy();
    await until(async () => (await slow.stats()).clientsGone === 1);
    expect(await slow.stats()).toMatchObject({ completions: 0, latenessUs: { count: 1 } });
  });

  test('after the answer: not counted', async () => {
    await slow.resetStats();
    const connection = await openSlow();
    connection.write(chatRequest(MODEL_A));
    await connection.receive('"usage"');
    connection.socket.destroy();
    const next = await openSlow();
    next.write(chatRequest(MODEL_A));
    await next.receive('"usage"');
    expect(await slow.stats()).toMatchObject({ completions: 2, clientsGone: 0 });
    next.socket.destroy();
  });
});
