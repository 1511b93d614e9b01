import type { Socket } from 'node:net';
import { ByteStore } from '../../../common/http/byte-store.js';
import type { RequestAccounting } from '../accounting.js';
import { classOfErrorCode, type Failure, surplusAfter, withRetryAfter } from '../failure-class.js';
import { monotonicUs } from '../monotonic-clock.js';
import type { StreamWatch } from '../streams/stream-watch.js';
import type { Vu } from '../workers/vus.js';
import { backOffMs } from '../workers/vus.js';
import { type ClientInternals, internalsOf } from './client-internals.js';

/** How long a connection that the gateway said it would close may take to do so. */
const RETIRED_MS = 1000;

interface Response {
  atUs: number;
  firstByteAtUs: number;
  status: number;
  body: string;
  retryAfter: string | null;
}

/** Of names and values in turn, as http-parser-js has them. */
function headerOf(headers: readonly string[], name: string): string | null {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name);
  return at < 0 ? null : (headers[at + 1] ?? null);
}

/**
 * One VU: an autocannon client whose connections and requests are managed here. autocannon writes the requests and
 * parses the responses; left alone it would forget a request when the peer closes, write the next one at once to a connection that
 * was refused, and go on parsing a new connection with what was left of the old one.
 *
 *     open -> write -> response -> write -> ...                     keep-alive
 *                      response -> retire, open -> write            "Connection: close"
 *                      failure  -> back off, write                  a failed response; open first if it was refused, reset, closed
 *                      closed   -> open -> write again              a kept connection, before any byte: reopened
 *                      timeout  -> open -> write
 *
 * A request's latency runs from before its write, connecting included where a connection had to be made, to the
 * moment its last byte was parsed: so that VUs = rate * latency (Little's law) holds.
 */
export class VirtualUser implements Vu {
  readonly #client: ClientInternals;
  readonly #connect: () => void;
  readonly #doRequest: () => void;
  #socket: Socket | null = null;
  #writtenUs: number | null = null;
  #response: Response | null = null;
  /** Part of a response came since the last write. */
  #hasFirstByte = false;
  /** A stream's body so far. */
  readonly #body = new ByteStore();
  /** When the answer began; null where it has not. */
  #answerUs: number | null = null;
  /** Unrequested bytes followed the response. */
  #surplus = false;
  #opening = false;
  /** This connection has brought a whole response. */
  #served = false;
  /** The request in flight was written a second time. */
  #reopened = false;
  #begun = false;
  #stopped = false;
  #failuresInARow = 0;
  /** Before the first connection, or in back-off. */
  #pause: NodeJS.Timeout | undefined;

  /**
   * @param client inside autocannon's `setupClient`, before its first connection
   * @param judge why a complete response is a failure, or null
   * @param stream null where responses are no streams
   * @param startDelayMs until its first connection
   */
  constructor(
    client: object,
    private readonly accounting: RequestAccounting,
    private readonly judge: (status: number, body: string) => Failure | null,
    private readonly stream: StreamWatch | null,
    startDelayMs: number,
  ) {
    const internals = internalsOf(client);
    this.#client = internals;
    this.#connect = internals._connect.bind(internals);
    this.#doRequest = internals._doRequest.bind(internals);
    // autocannon asks to connect at the start, and after a socket's error and end. Those two are ours to handle.
    internals._connect = () => {
      if (this.#begun) return;
      this.#begun = true;
      if (startDelayMs <= 0) this.#open();
      else this.#pause = setTimeout(() => this.#open(), startDelayMs);
    };
    internals._doRequest = () => this.#next();
    internals.requestIterator.recordBody = (_request, status, body, headers) =>
      this.#onResponse(status, body, headerOf(headers, 'retry-after'));
    internals.on('body', (part: Buffer) => this.#onBody(part));
    const execute = internals.parser.execute.bind(internals.parser);
    internals.parser.execute = (chunk) => this.#received(chunk, execute);
  }

  /** When the request in flight was written; null where none is. */
  get writtenUs(): number | null {
    return this.#writtenUs;
  }

  /** Give up a request that was written longer ago than this. */
  expire(nowUs: number, timeoutUs: number): void {
    if (this.#writtenUs === null || this.#socket === null || nowUs - this.#writtenUs < timeoutUs) return;
    this.#fail(this.#socket, { class: 'timeout', detail: `no complete response within ${timeoutUs / 1e6} s` });
  }

  /** Leave without waiting for a response. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#pause);
    this.#socket = null;
    // Without a connection autocannon has nothing to destroy, and would trip over it.
    if (this.#client.conn !== undefined) this.#client.destroy();
  }

  #open(): void {
    if (this.#stopped) return;
    const { parser, pipelinedRequests } = this.#client;
    parser.initialize(parser.type);
    pipelinedRequests.clear();
    this.#opening = true;
    const askedUs = monotonicUs();
    this.#served = false;
    this.#connect();
    this.#opening = false;
    const socket = this.#client.conn;
    if (socket === undefined) throw new Error('autocannon connected without a socket');
    this.#socket = socket;
    // A body of several segments must not wait for the peer's delayed acknowledgement (Nagle, RFC 896).
    socket.setNoDelay(true);
    socket.once('connect', () => {
      const nowUs = monotonicUs();
      this.accounting.connected(nowUs, nowUs - askedUs);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#fail(socket, { class: classOfErrorCode(error.code), detail: error.message });
    });
    socket.on('end', () => {
      if (socket === this.#socket && this.#writtenUs !== null) parser.finish();
      this.#fail(socket, this.#closedEarly());
    });
    socket.on('close', () => this.#fail(socket, this.#closedEarly()));
  }

  /** autocannon wants to write: right after it connected, or after a response. */
  #next(): void {
    if (this.#stopped) return;
    if (this.#opening) {
      this.#write();
      return;
    }
    const { info, isChunked } = this.#client.parser;
    // HTTP/1.0 knows no chunks, so nothing behind them is to be trusted (RFC 9112, 6.1).
    const oldChunks = isChunked && info.versionMinor === 0;
    const failure = this.#judgeResponse();
    const keepsConnection = !this.#surplus && !oldChunks && info.shouldKeepAlive === true;
    if (failure !== null) {
      this.#complete(failure);
      if (!keepsConnection) this.#retire();
      this.#backOff();
      return;
    }
    this.#failuresInARow = 0;
    if (keepsConnection) {
      this.#write();
    } else {
      this.#complete(null);
      this.#retire();
      this.#open();
    }
  }

  #write(): void {
    const writtenUs = monotonicUs();
    this.#doRequest();
    // The last response, a right one, is counted while this request is in flight: a VU has no think time.
    this.#complete(null);
    // Written again on a new connection, it is still the same request.
    if (this.#reopened) return;
    this.accounting.wrote(writtenUs);
    if (this.#writtenUs !== null) throw new Error('a VU wrote a request while another was in flight');
    this.#writtenUs = writtenUs;
    this.#reopened = false;
    this.#hasFirstByte = false;
    this.#answerUs = null;
    this.stream?.begin(writtenUs);
    this.#body.clear();
  }

  #received(chunk: Buffer, execute: (chunk: Buffer) => unknown): unknown {
    const socket = this.#socket;
    const nowUs = monotonicUs();
    this.#hasFirstByte = true;
    this.accounting.received(nowUs, chunk.length);
    this.stream?.began(nowUs);
    if (this.#writtenUs === null) {
      // In back-off nobody has asked for anything.
      if (socket !== null) this.#drop(socket);
      return undefined;
    }
    const result = execute(chunk);
    if (result instanceof Error && socket !== null) {
      this.#fail(socket, { class: 'bad_body', detail: `the response is not HTTP: ${result.message}` });
    }
    return result;
  }

  #onBody(part: Buffer): void {
    const nowUs = monotonicUs();
    if (this.stream === null) {
      this.#answerUs ??= nowUs;
      return;
    }
    this.#body.append(part, 0, part.length);
    this.stream.read(this.#body.bytes, 0, this.#body.length, nowUs);
    if (this.#answerUs === null && this.stream.firstUs > 0) this.#answerUs = this.stream.firstUs;
  }

  #onResponse(status: number, body: string, retryAfter: string | null): void {
    const atUs = monotonicUs();
    this.#response = { atUs, firstByteAtUs: this.#answerUs ?? atUs, status, body, retryAfter };
    this.#served = true;
    this.#reopened = false;
    const { parser } = this.#client;
    this.#surplus = parser.offset < parser.end;
    parser.offset = parser.end;
  }

  /** Why the response that has come is a failure, or null. */
  #judgeResponse(): Failure | null {
    const response = this.#response;
    if (response === null) return null;
    if (this.#surplus) return surplusAfter(response.status);
    const failure = this.judge(response.status, response.body);
    return failure === null ? null : withRetryAfter(failure, response.retryAfter, Date.now());
  }

  #complete(failure: Failure | null): void {
    const response = this.#response;
    if (response === null) return;
    if (this.#writtenUs === null) throw new Error('a response came to a VU that had asked nothing');
    const latencyUs = response.atUs - this.#writtenUs;
    if (failure === null) {
      this.accounting.succeeded(response.atUs, latencyUs, response.firstByteAtUs - this.#writtenUs);
      this.stream?.succeeded(response.atUs);
    } else {
      this.accounting.failed(response.atUs, latencyUs, failure);
      this.stream?.failed(response.status === 200);
    }
    this.#response = null;
    this.#writtenUs = null;
  }

  #fail(socket: Socket, failure: Failure): void {
    if (socket !== this.#socket || this.#stopped) return;
    this.#drop(socket);
    // In back-off: the next request gets a new connection.
    if (this.#writtenUs === null) return;
    const nowUs = monotonicUs();
    if (this.#closedIdle(failure)) {
      this.#reopened = true;
      this.accounting.reopened(nowUs);
      this.#open();
      return;
    }
    this.accounting.failed(nowUs, nowUs - this.#writtenUs, failure);
    this.stream?.failed(false);
    this.#writtenUs = null;
    this.#reopened = false;
    // Who gives a request up has waited long enough.
    if (failure.class === 'timeout') this.#open();
    else this.#backOff();
  }

  /**
   * The peer closed a kept connection just as this request was on its way to it. Once for a request: a peer that closes a
   * new connection too is no less broken for having answered before.
   */
  #closedIdle(failure: Failure): boolean {
    const closed = failure.class === 'closed' || failure.class === 'reset';
    return closed && this.#served && !this.#reopened && !this.#hasFirstByte;
  }

  #backOff(): void {
    const pauseMs = backOffMs(this.#failuresInARow);
    this.#failuresInARow += 1;
    this.accounting.backedOff(monotonicUs(), pauseMs * 1000);
    this.#pause = setTimeout(() => {
      // It is still there if a failed response left it open.
      if (this.#socket === null) this.#open();
      else this.#write();
    }, pauseMs);
  }

  /** The peer closes first where it said so, as it would for anyone: its side keeps the port in TIME_WAIT, not ours. */
  #retire(): void {
    const socket = this.#socket;
    if (socket === null) return;
    if (this.#surplus) {
      this.#drop(socket);
      return;
    }
    this.#socket = null;
    socket.removeAllListeners('data');
    socket.resume();
    const overdue = setTimeout(() => socket.destroy(), RETIRED_MS);
    socket.once('close', () => clearTimeout(overdue));
  }

  #drop(socket: Socket): void {
    this.#socket = null;
    socket.removeAllListeners('data');
    socket.destroy();
  }

  #closedEarly(): Failure {
    return {
      class: 'closed',
      detail: `the peer closed the connection ${this.#hasFirstByte ? 'within' : 'before'} a response`,
    };
  }
}
