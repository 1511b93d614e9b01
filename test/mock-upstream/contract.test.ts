import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StartedMock, startMock } from './started-mock.js';

let mock: StartedMock;

beforeAll(async () => {
  mock = await startMock('--latency', '60ms', '--stream-chunk-delay-ms', '0');
});
afterAll(() => mock.stop());

const nowS = (): number => Math.floor(Date.now() / 1000);

function complete(body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  return fetch(`${mock.origin}/v1/chat/completions`, { method: 'POST', body });
}

describe('the contract', () => {
  test('GET /health', async () => {
    const response = await fetch(`${mock.origin}/health`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe('{"status":"ok"}');
  });

  test('HEAD /health, as some health checks ask', async () => {
    const response = await fetch(`${mock.origin}/health?verbose=1`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  test('GET /v1/models', async () => {
    const before = nowS();
    const models = (await (await fetch(`${mock.origin}/v1/models`)).json()) as { data: { created: number }[] };
    const created = models.data[0]?.created ?? 0;
    expect(models).toEqual({
      object: 'list',
      data: [{ id: 'mock-gpt-4', object: 'model', created, owned_by: 'mock' }],
    });
    expect(created).toBeGreaterThanOrEqual(before);
    expect(created).toBeLessThanOrEqual(nowS());
  });

  test('a completion: not before the latency, and like one of OpenAI', async () => {
    const before = nowS();
    const startMs = performance.now();
    const response = await complete('{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}');
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(60);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    const text = await response.text();
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    const completion = JSON.parse(text) as { id: string; created: number };
    expect(completion).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-[0-9a-f]{8}$/),
      object: 'chat.completion',
      model: 'gpt-4o',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant' } }],
      usage: { prompt_tokens: 10, completion_tokens: 8, total_tokens: 18 },
    });
    expect(completion.created).toBeGreaterThanOrEqual(before);
  });

  test('a request that names no model gets mock-gpt-4, one with an odd name its own', async () => {
    expect(await (await complete('{}')).json()).toMatchObject({ model: 'mock-gpt-4' });
    expect(await (await complete('{"model":"gpt-4ö 模型"}')).json()).toMatchObject({ model: 'gpt-4ö 模型' });
  });

  test('a stream', async () => {
    const startMs = performance.now();
    const response = await complete('{"model":"gpt-4o","stream":true}');
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(60);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const text = await response.text();
    const events = text.split('\n\n').map((event) => event.replace(/^data: /, ''));
    expect(events).toHaveLength(9);
    expect(events.slice(7)).toEqual(['[DONE]', '']);
    const chunks = events.slice(0, 7).map((event) => JSON.parse(event) as { id: string; choices: unknown[] });
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
    expect(chunks.map((chunk) => chunk.choices)).toEqual([
      ...['Mock', ' streaming', ' response', ' from', ' benchmark', ' server.'].map((content) => [
        { index: 0, delta: { content }, finish_reason: null },
      ]),
      [{ index: 0, delta: {}, finish_reason: 'stop' }],
    ]);
  });

  test.each([['{"model":'], [''], ['[]']])('400 for the body "%s", after the latency', async (body) => {
    const startMs = performance.now();
    const response = await complete(body);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(60);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: 'the body is not a JSON object' } });
  });

  test.each([
    ['GET', '/v1/chat/completions', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['DELETE', '/v1/models', 'GET, HEAD'],
    ['GET', '/__stats/reset', 'POST'],
  ])('405 for %s %s', async (method, path, allowed) => {
    const response = await fetch(`${mock.origin}${path}`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allowed]);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  test.each(['/', '/v1/completions', '/health/'])('404 for %s', async (path) => {
    const response = await fetch(mock.origin + path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { message: `there is nothing at ${path}` } });
  });

  test('a body of 10 MB is answered', async () => {
    const response = await complete(JSON.stringify({ model: 'gpt-4o', messages: ['x'.repeat(10_000_000)] }));
    expect(await response.json()).toMatchObject({ model: 'gpt-4o' });
  });

  test('a body of more than 64 MiB is refused, and can be told so', async () => {
    const response = await complete(new Uint8Array(64 * 1024 * 1024 + 1));
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('larger than') } });
  });
});

describe('GET /__stats', () => {
  test('counts what was asked and given, and how late', async () => {
    await mock.resetStats();
    await Promise.all([complete('{}'), complete('{}'), complete('{"stream":true}'), complete('no JSON')]);
    const stats = await mock.stats();
    expect(stats).toMatchObject({
      processes: 1,
      requests: 4,
      completions: 3,
      clientsGone: 0,
      latenessUs: { count: 4, histogram: expect.stringMatching(/^HIST/) },
      latency: '60ms',
    });
    const { p50, p90, p99, max } = stats.latenessUs;
    expect([p50, p90, p99, max]).toEqual([p50, p90, p99, max].toSorted((a, b) => a - b));
    expect(max).toBeGreaterThan(0);
    expect(stats.eventLoopUtilisation.perProcess).toHaveLength(1);
    expect(stats.eventLoopUtilisation.busiest).toBeGreaterThan(0);
    expect(stats.eventLoopUtilisation.busiest).toBeLessThanOrEqual(1);
    expect(stats.sinceMs).toBeGreaterThanOrEqual(60);
  });

  test('health checks and models are no part of it', async () => {
    await mock.resetStats();
    await fetch(`${mock.origin}/health`);
    await fetch(`${mock.origin}/v1/models`);
    expect(await mock.stats()).toMatchObject({ requests: 0, completions: 0, latenessUs: { count: 0 } });
  });
});
