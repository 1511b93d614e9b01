import { createServer, type Server } from 'node:net';
import { newDelaySource } from '../common/delay-source.js';
import { newRandom, newRandom32 } from '../common/random.js';
import { newApiContext } from './api/api-context.js';
import { ApiServer } from './api/api-server.js';
import { isPlain } from './api/options.js';
import { ChatMemo } from './chat-request.js';
import { Connection } from './connection.js';
import { DelayRecord, startRecordFile } from './delay-record.js';
import type { RunningMock } from './lifecycle.js';
import type { Options } from './options.js';
import { ReleaseSchedule } from './release-schedule.js';
import { HeadMemo, parseHead, parseWholeHead } from './request-head.js';
import type { RouteContext } from './routes.js';
import { ProcessStats, type StatsSource } from './stats.js';
import { FifoTimerQueue, HeapTimerQueue } from './timer-queue.js';
import { readTls, secured } from './tls.js';

/** A thousand VUs connect at once. The kernel caps this at `net.core.somaxconn`. */
const BACKLOG = 16_384;

/** As much as Node reads at once. */
const READ_BYTES = 65_536;

/** Which of the processes that share a port this is, from 0, and what it counts and writes. */
export interface ProcessPart {
  index: number;
  stats: ProcessStats;
  source: StatsSource;
  record: DelayRecord | null;
}

/**
 * Build the server of one process. It doesn't listen yet. An upstream that hangs up on its own would show as an error of
 * the gateway: there are no time-outs, and no limits to a connection's requests.
 */
export function newMockServer(options: Options, { index, stats, source, record }: ProcessPart): Server {
  const schedule = new ReleaseSchedule();
  const opener = isPlain(options.api)
    ? null
    : new ApiServer(newApiContext(options, index, { schedule, stats, record }));
  const context: RouteContext = {
    delay: newDelaySource(options.latency, newRandom(options.seed, index)),
    latencyText: options.latencyText,
    models: options.models,
    latencyQueue: schedule.watch(options.latency.kind === 'constant' ? new FifoTimerQueue() : new HeapTimerQueue()),
    chunkQueue: schedule.watch(new FifoTimerQueue()),
    streamChunkDelayMs: options.streamChunkDelayMs,
    schedule,
    // Two processes, or two runs, don't give the same ids.
    chats: new ChatMemo(newRandom32(Math.floor(Math.random() * 2 ** 32), index)),
    heads: new HeadMemo(opener ? parseWholeHead : parseHead),
    opener,
    readBuffer: Buffer.allocUnsafeSlow(READ_BYTES),
    stats,
    source,
    record,
  };
  const secureContext = readTls(options);
  if (secureContext === null) {
    return createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
      new Connection(socket, socket, context);
    });
  }
  return createServer({ noDelay: true }, (socket) => {
    new Connection(secured(socket, secureContext), socket, context);
  });
}

/**
 * Listen where the options say.
 * @returns the port, which the system chose where it was 0
 * @throws ListenFailure
 */
export function listen(server: Server, { host, port }: Options): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new ListenFailure(describe(error, host, port), { cause: error })));
    server.listen({ host, port, backlog: BACKLOG }, () => {
      // A process that is out of descriptors can't accept; the accepted connections are still served.
      server.on('error', (error) =>
        process.stderr.write(`mock upstream: can't accept a connection: ${error.message}\n`),
      );
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** The port can't be listened on. The message says which, why, and what to do. */
export class ListenFailure extends Error {
  override readonly name = 'ListenFailure';
}

function describe(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use: stop what listens there, or choose another with --port (0 picks a free one)`;
    case 'EACCES':
      return `port ${port} on ${host} needs privileges: choose one above 1023 with --port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine: choose another with --host`;
    default:
      return `can't listen on port ${port} of ${host}: ${error.message}`;
  }
}

/**
 * Serve from this process alone.
 * @throws ListenFailure, RecordFailure
 */
export async function runSingleProcess(options: Options): Promise<RunningMock> {
  const stats = new ProcessStats();
  if (options.recordFile !== null) startRecordFile(options.recordFile);
  const record = options.recordFile === null ? null : new DelayRecord(options.recordFile);
  const source = { collect: async () => [stats.part()], reset: async () => stats.reset() };
  const server = newMockServer(options, { index: 0, stats, source, record });
  const port = await listen(server, options);
  return {
    port,
    pids: [process.pid],
    requestsEver: async () => stats.requestsEver,
    stop: async () => record?.flush(),
  };
}
