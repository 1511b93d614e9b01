import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chatRequest, RawConnection } from '../raw-connection.js';
import { runMock, type StartedMock, startMock, until } from '../started-mock.js';
import { events, HI, json, post } from './requests.js';

/** A line of /metrics; 0 where it isn't there yet. */
async function metric(mock: StartedMock, line: string): Promise<number> {
  const text = await (await fetch(`${mock.origin}/metrics`)).text();
  const found = text.split('\n').find((one) => one.startsWith(`${line} `));
  return Number(found?.split(' ').at(-1) ?? 0);
}

describe('without limits', () => {
  let mock: StartedMock;
  beforeAll(async () => {
    mock = await startMock(
      '--contract',
      'full',
      '--models',
      'gpt-4o,openai/o3',
      '--stream-chunk-delay-ms',
      '0',
      '--processes',
      '2',
    );
  });
  afterAll(() => mock.stop());

  test('each response has an id of its own', async () => {
    const ids = await Promise.all(
      ['/v1/models', '/v1/models', '/nowhere'].map(async (path) =>
        (await fetch(mock.origin + path)).headers.get('x-request-id'),
      ),
    );
    for (const id of ids) expect(id).toMatch(/^req_[0-9a-f]{24}$/);
    expect(new Set(ids).size).toBe(3);
  });

  test('models: the list, and one of them', async () => {
    expect(await json(fetch(`${mock.origin}/v1/models`))).toMatchObject({
      object: 'list',
      data: [{ id: 'gpt-4o' }, { id: 'openai/o3' }],
    });
    for (const path of ['/v1/models/openai/o3', '/v1/models/openai%2Fo3']) {
      expect(await json(fetch(mock.origin + path))).toMatchObject({
        id: 'openai/o3',
        object: 'model',
        owned_by: 'mock',
      });
    }
    const missing = await fetch(`${mock.origin}/v1/models/gpt-5`);
    expect([missing.status, await json(missing)]).toMatchObject([404, { error: { code: 'model_not_found' } }]);
  });

  test('health and stats are as in the published contract, and faults are counted besides', async () => {
    expect(await (await fetch(`${mock.origin}/health`)).text()).toBe('{"status":"ok"}');
    expect(Object.keys(await mock.stats())).toEqual([
      'processes',
      'requests',
      'completions',
      'clientsGone',
      'latenessUs',
      'eventLoopUtilisation',
      'sinceMs',
      'sinceStart',
      'latency',
      'faults',
    ]);
  });

  test('404 and 405', async () => {
    const unknown = await fetch(`${mock.origin}/v1/files`);
    expect([unknown.status, await json(unknown)]).toMatchObject([404, { error: { type: 'invalid_request_error' } }]);
    const wrong = await fetch(`${mock.origin}/v1/chat/completions`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    const head = await fetch(`${mock.origin}/v1/models`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('headers of a request override the flags', async () => {
    const ask = (headers: Record<string, string>, fields = {}) => post(mock, { messages: HI, ...fields }, { headers });
    expect(await json(ask({ 'x-mock-text': 'Good day.' }))).toMatchObject({
      choices: [{ message: { content: 'Good day.' } }],
    });
    expect(await json(ask({ 'x-mock-output-tokens': '123' }))).toMatchObject({ usage: { completion_tokens: 123 } });
    expect((await ask({ 'x-mock-fault': '503' })).status).toBe(503);
    const startMs = performance.now();
    await ask({ 'x-mock-latency': '50ms' });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(50);
    const wrong = await ask({ 'x-mock-delay': '1s' });
    expect([wrong.status, await json(wrong)]).toMatchObject([
      400,
      { error: { message: expect.stringContaining('no header x-mock-delay') } },
    ]);
  });

  test('an answer of n tokens is a stream of n frames', async () => {
    const response = await post(mock, { messages: HI, stream: true }, { headers: { 'x-mock-output-tokens': '500' } });
    const contents = events(await response.text()).filter((chunk) => JSON.stringify(chunk).includes('"content":"'));
    expect(contents).toHaveLength(500);
  });

  test('the first token of a stream, and its pauses, take time', async () => {
    const headers = { 'x-mock-ttft': '30ms', 'x-mock-gap': '10ms', 'x-mock-output-tokens': '5' };
    const startMs = performance.now();
    const stream = await post(mock, { messages: HI, stream: true }, { headers });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(30);
    await stream.text();
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(70);
  });

  test('browsers may call it', async () => {
    const origin = 'http://localhost:5173';
    const preflight = await fetch(`${mock.origin}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-stainless-os',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,x-stainless-os');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    const answer = await post(mock, { messages: HI }, { headers: { origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const none = await post(mock, { messages: HI });
    expect(none.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('/metrics counts what all processes served', async () => {
    const line = 'gatebench_mock_requests_total{endpoint="embeddings",outcome="200"}';
    const before = await metric(mock, line);
    for (let i = 0; i < 6; i++) await (await post(mock, { input: 'a' }, { path: '/v1/embeddings' })).text();
    expect((await metric(mock, line)) - before).toBe(6);
  });
});

test('the seed decides tokens and faults: two mocks answer the same requests alike', async () => {
  const flags = ['--contract', 'full', '--seed', '7', '--output-tokens', 'uniform(1,50)', '--fault', '500:0.3'];
  const [one, two] = await Promise.all([startMock(...flags), startMock(...flags)]);
  const outcomes = async (mock: StartedMock) => {
    const all: unknown[] = [];
    for (let i = 0; i < 30; i++) {
      const response = await post(mock, { messages: HI });
      all.push(response.status === 200 ? (await json(response)).usage : response.status);
    }
    return all;
  };
  const [first, second] = await Promise.all([outcomes(one), outcomes(two)]);
  expect(first).toEqual(second);
  expect(first).toContain(500);
  await Promise.all([one.stop(), two.stop()]);
});

test('keys: 401 without one, or with a wrong one', async () => {
  const mock = await startMock('--contract', 'full', '--api-key', 'sk-one,sk-two', '--api-key', 'sk-three');
  const ask = (headers: Record<string, string>, path?: string) =>
    post(mock, { messages: HI }, { headers, ...(path ? { path } : {}) });
  expect(await json(ask({}))).toMatchObject({ error: { code: 'invalid_api_key' } });
  expect(await json(ask({ authorization: 'Bearer sk-abcdefghij' }))).toMatchObject({
    error: { message: expect.stringContaining('sk-***ghij') },
  });
  expect((await ask({ authorization: 'Bearer sk-wrong' })).status).toBe(401);
  for (const key of ['sk-one', 'sk-two', 'sk-three'])
    expect((await ask({ authorization: `Bearer ${key}` })).status).toBe(200);
  expect(
    (await ask({ 'api-key': 'sk-one' }, '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21')).status,
  ).toBe(200);
  expect((await fetch(`${mock.origin}/v1/models`)).status).toBe(401);
  expect((await fetch(`${mock.origin}/health`)).status).toBe(200);
  await mock.stop();
});

test('so many requests at a time; the others wait, and beyond the queue they are refused', async () => {
  const mock = await startMock('--contract', 'full', '--concurrency', '2', '--queue', '2');
  const taken = await Promise.all([RawConnection.open(mock.port), RawConnection.open(mock.port)]);
  for (const connection of taken) {
    connection.write(chatRequest(JSON.stringify({ messages: HI }), ['x-mock-fault: stalled']));
  }
  await until(async () => (await mock.stats()).latenessUs.count === 2);
  const waiting = [post(mock, { messages: HI }), post(mock, { messages: HI })];
  await until(async () => (await metric(mock, 'gatebench_mock_queued_requests')) === 2);
  expect(await metric(mock, 'gatebench_mock_active_requests')).toBe(2);
  const refused = await post(mock, { messages: HI });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  const atAnthropic = await post(mock, { messages: HI, max_tokens: 9 }, { path: '/v1/messages' });
  expect(await json(atAnthropic)).toMatchObject({ error: { type: 'overloaded_error' } });
  expect(atAnthropic.status).toBe(529);
  taken[0]?.socket.destroy();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
  taken[1]?.socket.destroy();
  await mock.stop();
});

test('thousands that wait for one place without a latency are all answered', async () => {
  const mock = await startMock('--contract', 'full', '--concurrency', '1');
  const taken = await RawConnection.open(mock.port);
  taken.write(chatRequest(JSON.stringify({ messages: HI }), ['x-mock-fault: stalled']));
  await until(async () => (await mock.stats()).latenessUs.count === 1);
  const connections = await Promise.all(Array.from({ length: 8 }, () => RawConnection.open(mock.port)));
  for (const connection of connections) connection.write(chatRequest(JSON.stringify({ messages: HI })).repeat(1000));
  await until(async () => (await metric(mock, 'gatebench_mock_queued_requests')) === 8000);
  taken.socket.destroy();
  for (const connection of connections) {
    await connection.receive('HTTP/1.1 200', 1000);
    expect(connection.received.split('HTTP/1.1 200').length - 1).toBe(1000);
    connection.socket.destroy();
  }
  await mock.stop();
});

test('an answer takes as long as its stream would, once the pace is set', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mock-record-'));
  const file = join(folder, 'delays.csv');
  const mock = await startMock(
    ...['--contract', 'full', '--record', file, '--latency', '1ms', '--output-tokens', '5', '--gap', '10ms'],
  );
  await (await post(mock, { messages: HI })).text();
  await (await post(mock, { messages: HI, stream: true })).text();
  await (await post(mock, { messages: HI }, { headers: { 'x-mock-ttft': '30ms' } })).text();
  await (await post(mock, { messages: HI }, { headers: { 'x-mock-latency': '7ms' } })).text();
  await mock.stop();
  const drawnUs = (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[1]));
  expect(drawnUs).toEqual([41_000, 1000, 70_000, 7000]);
  await rm(folder, { recursive: true });
});

test('--log prints a line for each request', async () => {
  const mock = runMock('--contract', 'full', '--port', '0', '--quiet', '--log');
  const [announced = ''] = await mock.lines(1);
  const origin = /http:\S+\d/.exec(announced)?.[0];
  await fetch(`${origin}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model: 'm', messages: HI }) });
  await fetch(`${origin}/v1/models`);
  await fetch(`${origin}/nowhere`);
  const [, ...lines] = await mock.lines(4);
  expect(lines).toEqual([
    expect.stringMatching(/^POST \/v1\/chat\/completions 200 \d+\.\d ms m 4\+7 tokens$/),
    expect.stringMatching(/^GET \/v1\/models 200 \d+\.\d ms$/),
    expect.stringMatching(/^GET \/nowhere 404 \d+\.\d ms$/),
  ]);
  mock.program.kill('SIGTERM');
  expect((await mock.program).exitCode).toBe(0);
});

test('rate limits: headers that count down, and a 429 that says when to come back', async () => {
  const mock = await startMock('--contract', 'full', '--requests-per-min', '2', '--tokens-per-min', '1000');
  const headers = { authorization: 'Bearer a' };
  const first = await post(mock, { messages: HI }, { headers });
  expect(first.headers.get('x-ratelimit-limit-requests')).toBe('2');
  expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
  expect(first.headers.get('x-ratelimit-remaining-tokens')).toBe('996');
  await post(mock, { messages: HI }, { headers });
  const third = await post(mock, { messages: HI }, { headers });
  expect(third.status).toBe(429);
  expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await json(third)).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
  expect((await post(mock, { messages: HI }, { headers: { authorization: 'Bearer b' } })).status).toBe(200);
  await mock.stop();
});

test('a client that leaves the queue takes no place', async () => {
  const mock = await startMock('--contract', 'full', '--latency', '300ms', '--concurrency', '1', '--queue', '1');
  const first = post(mock, { messages: HI });
  await until(async () => (await mock.stats()).requests === 1);
  const leaving = new AbortController();
  const left = fetch(`${mock.origin}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ messages: HI }),
    signal: leaving.signal,
  }).catch(() => 'left');
  await until(async () => (await mock.stats()).requests === 2);
  leaving.abort();
  expect(await left).toBe('left');
  await until(async () => (await mock.stats()).clientsGone === 1);
  expect((await post(mock, { messages: HI })).status).toBe(200);
  expect((await first).status).toBe(200);
  await mock.stop();
});

test('a port that is taken is still said so', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await until(() => server.address() !== null);
  const { port } = server.address() as { port: number };
  const { exitCode, stderr } = await runMock('--contract', 'full', '--port', String(port)).program;
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('is in use')]);
  server.close();
});
