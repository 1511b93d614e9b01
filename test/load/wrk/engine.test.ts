import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { threadsFor, wrkEngine } from '../../../src/load/wrk/engine.js';
import { aSpec } from '../external/spec.js';
import { alive, COMPLETION, countingServer, good, load, start } from '../external/tool-load.js';

const engine = wrkEngine();
const missing = await engine.unavailable();
if (missing) process.stderr.write(`\nSKIPPED on this machine: loads by wrk: ${missing.reason} (${missing.hint})\n`);

describe.skipIf(missing !== null)('a load by wrk', () => {
  it('sends the request of the spec, and counts what was answered in the window', async () => {
    const server = await countingServer((response) => good(response));
    const spec = aSpec({ body: '{"model":"gpt-4o","quote":"\\"]]"}' });
    const result = await load(engine, { ...spec, origin: server.origin });
    const { requests, latencyUs, windowS, meanResponseUs } = result;
    expect([...server.bodies]).toEqual([`POST ${spec.path} application/json ${spec.body}`]);
    expect(requests.failed).toEqual({});
    expect(requests.ok).toBeGreaterThan(20);
    // Warm-up and window together, and what was broken off at the end of each.
    expect(requests.ok).toBeLessThan(server.requests());
    expect(latencyUs?.count).toBe(requests.ok);
    expect(latencyUs?.min).toBeGreaterThanOrEqual(3_000);
    expect(windowS).toBeGreaterThanOrEqual(1);
    expect(((requests.ok / windowS) * (meanResponseUs ?? 0)) / 1e6).toBeGreaterThan(1);
    expect(result.absent['requests.failed.bad_body']).toContain('looked at in wrk’s warm-up');
  });

  it('looks at every answer of the window where one of the warm-up was wrong', async () => {
    const server = await countingServer((response, nth) =>
      nth % 10 === 0 ? response.end('{"choices":"none"}') : good(response),
    );
    const { requests, failureExamples, absent } = await load(engine, { origin: server.origin });
    expect(requests.failed.bad_body).toBeGreaterThan(0);
    expect(requests.ok).toBeGreaterThan(requests.failed.bad_body ?? 0);
    expect(failureExamples).toEqual(['bad_body 200: it has no "object": {"choices":"none"}']);
    expect(absent.latencyUs).toMatch(/answers failed/);
  });

  it('tells bodies of one length apart, and counts the ids of right ones as nothing', async () => {
    const server = await countingServer((response, nth) => {
      const body = `{"id":"chatcmpl-${nth.toString(16).padStart(8, '0')}",${COMPLETION.slice(1)}`;
      response.end(nth % 2 === 0 ? body.replace('choices', 'chOIces') : body);
    });
    const { requests, failureExamples } = await load(engine, { origin: server.origin, texts: ['Hello'] });
    expect(requests.failed.bad_body).toBeGreaterThan(10);
    expect(requests.ok / (requests.failed.bad_body ?? 0)).toBeGreaterThan(0.8);
    expect(requests.ok / (requests.failed.bad_body ?? 0)).toBeLessThan(1.25);
    expect(failureExamples).toHaveLength(1);
    expect(failureExamples[0]).toContain('it has no "choices"');
  });

  it('tells of statuses that it was not looking for', async () => {
    let sick = false;
    const server = await countingServer((response, nth) =>
      sick && nth % 5 === 0 ? response.writeHead(429).end('{}') : good(response),
    );
    const run = await start(engine, { origin: server.origin });
    await run.windowStarted;
    sick = true;
    const { requests, absent } = await run.done;
    expect(requests.failed.http_5xx).toBeGreaterThan(0);
    expect(absent['requests.failed.http_4xx']).toContain('http_5xx');
  });

  it('tells of connections that broke', async () => {
    const server = await countingServer((response, nth) =>
      nth % 20 === 0 ? response.socket?.destroy() : good(response),
    );
    const { requests } = await load(engine, { origin: server.origin });
    expect(requests.failed.reset).toBeGreaterThan(0);
    expect(requests.ok).toBeGreaterThan(10);
  });

  it('ends to the part of a second, and early when it is told to, with what it has', async () => {
    const server = await countingServer((response) => good(response));
    const short = await load(engine, { origin: server.origin, warmupS: 0, durationS: 0.2 });
    // wrk stops by its own clock, up to a millisecond early. In whole seconds it would have been one.
    expect(short.windowS).toBeGreaterThanOrEqual(0.199);
    expect(short.windowS).toBeLessThan(1);

    const run = await start(engine, { origin: server.origin, warmupS: 0, durationS: 30 });
    await run.windowStarted;
    await delay(500);
    run.stop();
    run.stop();
    const stopped = await run.done;
    expect(stopped.requests.ok).toBeGreaterThan(5);
    expect(stopped.windowS).toBeLessThan(10);
  });

  it('has measured nothing where it was stopped in its warm-up', async () => {
    const server = await countingServer((response) => good(response));
    const run = await start(engine, { origin: server.origin, warmupS: 20 });
    await delay(300);
    run.stop();
    expect(await run.done).toMatchObject({ windowS: 0, requests: { ok: 0 } });
    await expect(run.windowStarted).rejects.toThrow('the load was stopped in its warm-up');
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

  it('says what wrk says where nobody listens', async () => {
    await expect(load(engine, { origin: 'http://127.0.0.1:1' })).rejects.toThrow(/unable to connect to 127\.0\.0\.1:1/);
  });
});

describe('threadsFor', () => {
  it.each([
    [1, 8, 1],
    [500, 8, 1],
    [1000, 8, 2],
    [1000, 1, 1],
    [5000, 8, 8],
    // Divisors only: three threads would open 999 connections.
    [1000, 3, 2],
    [1009, 8, 1],
  ])('%i VUs on %i cores: %i', (vus, cores, threads) => {
    expect(threadsFor(vus, cores)).toBe(threads);
    expect(vus % threadsFor(vus, cores)).toBe(0);
  });
});
