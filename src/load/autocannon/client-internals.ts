import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/**
 * What the engine uses of autocannon's client beyond its public interface, as read in autocannon 9.0.0
 * (`lib/httpClient.js`, `lib/requestIterator.js`) and its parser, http-parser-js 0.5.10. Each is looked up on the
 * instance when it is called, which is what lets a client be wrapped in `setupClient`.
 */
export interface ClientInternals extends EventEmitter {
  /** The current socket; set by {@link _connect}. */
  conn?: Socket;
  /** Opens a socket, then asks for a request. Also called after a socket's 'error' and 'end'. */
  _connect(): void;
  /** Writes the next request to the socket. Also called after each response. */
  _doRequest(): void;
  destroy(): void;
  requestIterator: {
    /** Called with every whole response, before anything else is done about it. */
    recordBody(request: unknown, status: number, body: string, headers: readonly string[]): void;
  };
  /** Requests written and not responded; left as they are when the peer ends the connection. */
  pipelinedRequests: { clear(): void };
  parser: ResponseParser;
}

/** http-parser-js's HTTPParser, the part that matters here. */
export interface ResponseParser {
  /** Returns an Error for bytes that are not HTTP; autocannon looks away. */
  execute(chunk: Buffer): unknown;
  /** At the end of the connection: completes a response whose body had no length. */
  finish(): unknown;
  initialize(type: string): void;
  type: string;
  /** Where in the chunk the parser is, and where the chunk ends. */
  offset: number;
  end: number;
  info: { shouldKeepAlive?: boolean; versionMinor?: number };
  isChunked: boolean;
}

const METHODS = [
  ['_connect'],
  ['_doRequest'],
  ['destroy'],
  ['requestIterator', 'recordBody'],
  ['pipelinedRequests', 'clear'],
  ['parser', 'execute'],
  ['parser', 'finish'],
  ['parser', 'initialize'],
] as const;

/**
 * The client as this engine sees it.
 * @throws where this autocannon isn't built like the one the engine was written for
 */
export function internalsOf(client: object): ClientInternals {
  const missing = METHODS.filter((path) => typeof at(client, path) !== 'function').map((path) => path.join('.'));
  if (typeof at(client, ['parser', 'type']) !== 'string') missing.push('parser.type');
  if (missing.length > 0) {
    throw new Error(`autocannon's client has no ${missing.join(', ')}: this engine is written for autocannon 9.0.0`);
  }
  return client as ClientInternals;
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}
