import { createServer, type Server } from 'node:http';
import { ClientWatch } from './client-watch.js';
import type { Options } from './options.js';
import { ReleaseSchedule } from './release-schedule.js';
import { type RouteContext, route } from './routes.js';
import type { ProcessStats, StatsSource } from './stats.js';

/** A thousand VUs connect at once; the kernel cuts this to its own limit, `net.core.somaxconn`. */
const BACKLOG = 16_384;

/** Build the server of one process. It doesn't listen yet. */
export function newMockServer(options: Options, stats: ProcessStats, source: StatsSource): Server {
  const clients = new ClientWatch();
  const context: RouteContext = {
    latencyMs: options.latencyMs,
    latencyText: options.latencyText,
    streamChunkDelayMs: options.streamChunkDelayMs,
    schedule: new ReleaseSchedule(),
    clients,
    stats,
    source,
  };
  // An upstream that hangs up on its own would show as an error of the gateway: no time-outs, no limits.
  const server = createServer(
    { noDelay: true, keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 },
    (request, response) => route(request, response, context),
  );
  server.timeout = 0;
  server.maxRequestsPerSocket = 0;
  server.on('connection', (socket) => clients.watch(socket));
  return server;
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
      // A process that is out of descriptors can't accept; what it has accepted it goes on answering.
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
