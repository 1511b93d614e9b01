import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import type { Engine, LoadRun, LoadSpec } from '../../../src/load/engine.js';
import { LoadResult } from '../../../src/model/load.js';
import { aSpec } from './spec.js';

export const COMPLETION = JSON.stringify({
  object: 'chat.completion',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello' } }],
});

/** A server for one test that knows what it was asked. */
export async function countingServer(
  handle: (response: ServerResponse, nth: number, request: IncomingMessage) => void,
): Promise<{ origin: string; requests(): number; bodies: Set<string>; sockets(): number; socketsAt(): number[] }> {
  let requests = 0;
  const connectedAtMs: number[] = [];
  const bodies = new Set<string>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      requests += 1;
      bodies.add(`${request.method} ${request.url} ${request.headers['content-type']} ${body}`);
      handle(response, requests, request);
    });
  });
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    connectedAtMs.push(Date.now());
    open.add(socket.on('error', () => undefined).on('close', () => open.delete(socket)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    bodies,
    sockets: () => open.size,
    socketsAt: () => connectedAtMs,
  };
}

export function good(response: ServerResponse, afterMs = 5): void {
  setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(COMPLETION), afterMs);
}

/** Start a load; no process of it outlives the test. */
export async function start(engine: Engine, spec: Partial<LoadSpec> & { origin: string }): Promise<LoadRun> {
  const run = await engine.start(aSpec(spec), () => undefined);
  onTestFinished(() => run.kill());
  return run;
}

/** A whole load, its result checked against the schema, and no process left of it. */
export async function load(engine: Engine, spec: Partial<LoadSpec> & { origin: string }): Promise<LoadResult> {
  const run = await start(engine, spec);
  const result = LoadResult.parse(await run.done);
  expect(run.pids()).toEqual([]);
  return result;
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
