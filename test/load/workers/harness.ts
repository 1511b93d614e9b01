import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterAll } from 'vitest';
import { autocannonEngine } from '../../../src/load/autocannon/engine.js';
import type { Engine, LoadProgress, LoadRun, LoadSpec } from '../../../src/load/engine.js';
import { nativeEngine } from '../../../src/load/native/engine.js';
import { LoadResult } from '../../../src/model/load.js';

/** What the tests of a file started. Tests that run concurrently can't use the global `onTestFinished`. */
const cleanups: (() => unknown)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups) await cleanup();
});
const onFileFinished = (cleanup: () => unknown): void => void cleanups.push(cleanup);

export const COMPLETION = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello' } }],
});

export const CHUNK = `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ delta: { content: 'Hi' } }] })}\n\n`;

/** A node:http server. */
export async function httpServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => handle(request, response));
  });
  onFileFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return listening(server);
}

/** A server below HTTP, for peers that break it. */
export async function tcpServer(
  onRequest: (socket: Socket) => void,
  onConnection?: (socket: Socket) => void,
): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    socket.on('data', (chunk) => {
      // The engine's requests are small: each comes in one piece.
      if (chunk.includes('POST /')) onRequest(socket);
    });
    onConnection?.(socket);
  });
  onFileFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listening(server);
}

/** A port where nobody listens. */
export async function closedPort(): Promise<string> {
  const server = createTcpServer();
  const origin = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return origin;
}

export function respond(response: ServerResponse, body = COMPLETION, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

export function http(body: string, head = ''): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${head}\r\n${body}`;
}

export interface WorkerLimits {
  maxWorkers?: number;
  vusPerWorker?: number;
}

/** The engines that share the worker processes and the request accounting, and must keep the same promises. */
export const WORKER_ENGINES: [name: string, make: (limits?: WorkerLimits) => Engine][] = [
  ['native', ({ maxWorkers = 1, vusPerWorker = 1000 } = {}) => nativeEngine({ cores: 2 * maxWorkers, vusPerWorker })],
  [
    'autocannon',
    ({ maxWorkers = 2, vusPerWorker = 250 } = {}) => autocannonEngine({ cores: maxWorkers, vusPerWorker }),
  ],
];

export type LoadOptions = Partial<LoadSpec> & { origin: string } & { limits?: WorkerLimits };

/** Short loads of one engine. */
export function loadsOf(make: (limits?: WorkerLimits) => Engine) {
  /** Start a load; no process of it outlives the file. */
  const startLoad = async (
    options: LoadOptions,
    onProgress: (progress: LoadProgress) => void = () => undefined,
  ): Promise<LoadRun> => {
    const { limits, ...spec } = options;
    const run = await make(limits).start(
      {
        path: '/v1/chat/completions',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }),
        stream: false,
        texts: null,
        vus: 3,
        warmupS: 0.2,
        durationS: 0.6,
        timeoutS: 5,
        ...spec,
      },
      onProgress,
    );
    onFileFinished(() => run.kill());
    return run;
  };
  /** A whole load: its result, checked against the schema and for the identity that every load must keep. */
  const runLoad = async (options: LoadOptions): Promise<LoadResult> => checked(await (await startLoad(options)).done);
  return { startLoad, runLoad };
}

/** @throws where a request was lost or counted twice, on any of the ways that a result counts them */
export function checked(result: LoadResult): LoadResult {
  LoadResult.parse(result);
  const { requests } = result;
  const failed = failures(result);
  if (requests.sent === null || requests.sent - requests.ok - failed !== requests.inFlightAtEnd)
    throw new Error(`lost: ${JSON.stringify(requests)}`);
  if ((result.latencyUs?.count ?? 0) !== requests.ok) throw new Error('successes without a latency');
  if ((result.failedLatencyUs?.count ?? 0) !== failed) throw new Error('failures without a latency');
  if ((result.firstByteUs?.count ?? 0) !== requests.ok) throw new Error('successes without a first byte');
  const window = result.seconds.filter((second) => second.phase === 'window');
  if (window.reduce((sum, second) => sum + second.ok, 0) !== requests.ok) throw new Error('the seconds miss successes');
  if (window.reduce((sum, second) => sum + second.failed, 0) !== failed) throw new Error('the seconds miss failures');
  return result;
}

export function failures(result: LoadResult): number {
  return Object.values(result.requests.failed).reduce((sum, count) => sum + count, 0);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
