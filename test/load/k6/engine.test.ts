import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeRunCertificate } from '../../../src/lib/run-certificate.js';
import { k6Engine } from '../../../src/load/k6/engine.js';
import { aSpec } from '../external/spec.js';
import { alive, COMPLETION, countingServer, good, load, start } from '../external/tool-load.js';

const engine = k6Engine();
const missing = await engine.unavailable();
if (missing) process.stderr.write(`\nSKIPPED on this machine: loads by k6: ${missing.reason} (${missing.hint})\n`);

const CHUNK = 'data: {"object":"chat.completion.chunk","choices":[{"delta":{"content":"Hi"}}]}\n\n';

describe.skipIf(missing !== null)('a load by k6', () => {
  it('sends the request of the spec, and counts what was answered in the window', async () => {
    const server = await countingServer((response) => good(response));
    const spec = aSpec({ body: '{"model":"gpt-4o","quote":"`$1\\""}' });
    const run = await start(engine, { ...spec, origin: server.origin });
    await run.windowStarted;
    const result = await run.done;
    const { requests, latencyUs, firstByteUs, windowS, meanResponseUs } = result;
    expect([...server.bodies]).toEqual([`POST ${spec.path} application/json ${spec.body}`]);
    expect(requests.failed).toEqual({});
    expect(requests.ok).toBeGreaterThan(20);
    expect(requests.ok).toBeLessThan(server.requests());
    expect(latencyUs?.count).toBeGreaterThanOrEqual(requests.ok);
    expect(latencyUs?.min).toBeGreaterThanOrEqual(3_000);
    expect(firstByteUs?.p50).toBeLessThanOrEqual(latencyUs?.p50 ?? 0);
    expect(windowS).toBe(1);
    // Little's law, loosely: a busy machine keeps k6 itself waiting.
    expect(((requests.ok / windowS) * (meanResponseUs ?? 0)) / 1e6).toBeGreaterThan(1);
    // The window opens connections of its own beside the warm-up's four. k6 may hand a VU of the warm-up to the window.
    expect(server.socketsAt().length).toBeGreaterThan(4);
  });

  it('tells failures apart by what came back, bodies included', async () => {
    const answers: ((response: Parameters<typeof good>[0]) => void)[] = [
      (response) => response.writeHead(503).end('{"error":"overloaded"}'),
      (response) => response.writeHead(404).end(),
      (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      (response) => response.end('{"choices":"none"}'),
      (response) => response.socket?.destroy(),
    ];
    const server = await countingServer((response, nth) =>
      nth % 4 === 0 ? answers[(nth / 4) % answers.length]?.(response) : good(response),
    );
    const { requests, failureExamples, failedLatencyUs } = await load(engine, { origin: server.origin });
    const { http_5xx, http_4xx, http_3xx, bad_body, ...broken } = requests.failed;
    for (const count of [http_5xx, http_4xx, http_3xx, bad_body]) expect(count).toBeGreaterThan(0);
    expect(Object.keys(broken).every((name) => name === 'closed' || name === 'reset')).toBe(true);
    expect(Object.keys(broken).length).toBeGreaterThan(0);
    expect(requests.ok).toBeGreaterThan(10);
    expect(failureExamples).toContain('http_5xx 503: {"error":"overloaded"}');
    expect(failureExamples).toContain('bad_body 200: it has no "object": {"choices":"none"}');
    expect(failedLatencyUs?.count).toBeGreaterThan(0);
  });

  it('takes completions without "object" only where the gateway may leave it out', async () => {
    const { object: _, ...rest } = JSON.parse(COMPLETION);
    const server = await countingServer((response) => response.end(JSON.stringify(rest)));
    const strict = await load(engine, { origin: server.origin });
    expect(strict.requests.ok).toBe(0);
    const lenient = await load(engine, { origin: server.origin, objectOptional: true });
    expect(lenient.requests.ok).toBeGreaterThan(10);
    expect(lenient.requests.failed).toEqual({});
  });

  it('checks streams', async () => {
    const server = await countingServer((response, nth) =>
      response.end(nth % 10 === 0 ? CHUNK : `${CHUNK}data: [DONE]\n\n`),
    );
    const { requests } = await load(engine, { origin: server.origin, stream: true });
    expect(requests.failed.bad_body).toBeGreaterThan(0);
    expect(requests.ok).toBeGreaterThan(3 * (requests.failed.bad_body ?? 0));
  });

  it('finds what is wrong at the length of what is right, and says what', async () => {
    const wrong = [COMPLETION.replace('choices', 'chOIces'), COMPLETION.replace('Hello', 'Hallo')];
    const server = await countingServer((response, nth) =>
      response.end(nth % 4 === 0 ? wrong[(nth / 4) % wrong.length] : COMPLETION),
    );
    const { requests, failureExamples } = await load(engine, { origin: server.origin, vus: 4, texts: ['Hello'] });
    expect(requests.failed.bad_body).toBeGreaterThan(2);
    expect(requests.ok).toBeGreaterThan(2 * (requests.failed.bad_body ?? 0));
    expect(failureExamples.join(' ')).toContain('it has no "choices"');
  });

  it('finds streams with a frame missing or merged', async () => {
    const frame = (text: string) => CHUNK.replace('Hi', text);
    const end = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    const kinds = [frame('Hi') + frame(' you'), frame('Hi'), frame('Hi you'), frame(' you') + frame('Hi')];
    const server = await countingServer((response, nth) => response.end((kinds[nth % kinds.length] ?? '') + end));
    const { requests, failureExamples } = await load(engine, {
      origin: server.origin,
      stream: true,
      texts: ['Hi', ' you'],
    });
    expect(Object.keys(requests.failed)).toEqual(['bad_body']);
    expect(requests.ok).toBeGreaterThan(2);
    expect(requests.failed.bad_body).toBeGreaterThan(2 * requests.ok);
    expect(failureExamples.join(' ')).toMatch(/is missing|is merged|is out of order/);
  });

  it('trusts the CA that it is given over TLS, and no other', async () => {
    const [own, other] = [await makeRunCertificate(), await makeRunCertificate()];
    const { certFile, keyFile, caFile } = own.certificate;
    const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (request, response) => {
      request.resume().on('end', () => good(response));
    });
    onTestFinished(async () => {
      server.closeAllConnections();
      server.close();
      await Promise.all([own.remove(), other.remove()]);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const trusting = await load(engine, { origin, caFile, warmupS: 0 });
    expect([trusting.requests.failed, trusting.requests.ok > 0]).toEqual([{}, true]);
    const wary = await load(engine, { origin, caFile: other.certificate.caFile, warmupS: 0 });
    expect([Object.keys(wary.requests.failed), wary.requests.ok]).toEqual([['tls'], 0]);
    expect(wary.failureExamples[0]).toBe('tls: x509: unknown authority');
  });

  it('times out, and finds nobody', async () => {
    const silent = await countingServer(() => undefined);
    const slow = await load(engine, { origin: silent.origin, warmupS: 0, timeoutS: 0.3 });
    expect(slow.requests).toMatchObject({ ok: 0, failed: { timeout: expect.any(Number) } });
    expect(slow.latencyUs).toBeNull();
    const nobody = await load(engine, { origin: 'http://127.0.0.1:1', warmupS: 0 });
    expect(nobody.requests.failed.refused).toBeGreaterThan(3);
    // A second of four VUs that wait longer after every failure, not of four VUs that spin.
    expect(nobody.requests.failed.refused).toBeLessThan(40);
  });

  it('changes the number of VUs as the stages say, each in its place among all', async () => {
    const server = await countingServer((response) => setTimeout(() => good(response), 40));
    const stages = [
      { durationS: 2, from: 2, to: 2 },
      { durationS: 2, from: 8, to: 8 },
      { durationS: 2, from: 4, to: 4 },
    ];
    const result = await load(engine, { origin: server.origin, vus: 8, warmupS: 1, durationS: 6, stages });
    expect(result.requests.failed).toEqual({});
    const counts = result.stages?.map(({ ok }) => ok) ?? [];
    expect(counts.reduce((sum, ok) => sum + ok, 0)).toBe(result.requests.ok);
    // Each VU asks again when it has an answer, whatever a busy machine adds to it.
    const [two = 0, eight = 0, four = 0] = counts;
    expect(eight / two).toBeGreaterThan(2);
    expect(eight / four).toBeGreaterThan(1.3);
    expect(result.seconds.map(({ second }) => second)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(result.absent.seconds).toBeUndefined();
  });

  it('changes the arrival rate as the stages say, and counts what was due', async () => {
    const server = await countingServer((response) => good(response));
    const arrivals = { ratePerSec: 50, distribution: 'constant', seed: 1, maxInFlight: 100 } as const;
    const stages = [
      { durationS: 2, from: 20, to: 20 },
      { durationS: 2, from: 100, to: 100 },
      { durationS: 2, from: 50, to: 10 },
    ];
    const result = await load(engine, { origin: server.origin, warmupS: 1, durationS: 6, arrivals, stages });
    expect(result.requests.failed).toEqual({});
    expect(result.arrivals?.planned).toBe(300);
    const { sent = 0, unsent = 0 } = result.arrivals ?? {};
    expect(sent + unsent).toBe(300);
    const [slow = 0, fast = 0, ramp = 0] = result.stages?.map(({ ok }) => ok) ?? [];
    expect(slow + fast + ramp).toBe(result.requests.ok);
    expect(fast / slow).toBeGreaterThan(3);
    expect(ramp / slow).toBeGreaterThan(1);
    expect(fast / ramp).toBeGreaterThan(2);
  });

  it('ends early when it is told to, with what it has', async () => {
    const server = await countingServer((response) => good(response));
    const run = await start(engine, { origin: server.origin, warmupS: 1, durationS: 30 });
    await run.windowStarted;
    await delay(700);
    run.stop();
    run.stop();
    const { requests, windowS } = await run.done;
    expect(requests.ok).toBeGreaterThan(5);
    expect(windowS).toBeGreaterThan(0.5);
    expect(windowS).toBeLessThan(10);
  });

  it('says that k6 has no shorter loads than a second', async () => {
    const run = await start(engine, { origin: 'http://127.0.0.1:1', durationS: 0.5 });
    await expect(run.done).rejects.toThrow('k6 runs for at least a second, and the window is 0.5 s');
  });

  it('leaves no process when it is killed', async () => {
    const server = await countingServer((response) => good(response));
    const run = await start(engine, { origin: server.origin, warmupS: 0, durationS: 30 });
    await run.windowStarted;
    const pids = run.pids();
    expect(pids.length).toBeGreaterThan(0);
    await run.kill();
    expect(pids.filter(alive)).toEqual([]);
    await expect(run.done).rejects.toThrow('the load was ended before its window did');
  });

  it('takes an answer with more keys, in another order', async () => {
    const { choices, object } = JSON.parse(COMPLETION);
    const server = await countingServer((response, nth) => response.end(JSON.stringify({ nth, choices, object })));
    const { requests } = await load(engine, { origin: server.origin, warmupS: 0 });
    expect(requests.failed).toEqual({});
    expect(requests.ok).toBeGreaterThan(10);
  });
});
