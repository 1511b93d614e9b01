import type { Socket } from 'node:net';
import { ByteStore } from '../../../common/http/byte-store.js';
import type { RequestAccounting } from '../accounting.js';
import { AnswerStart, type TextEvents } from '../answer-start.js';
import { classOfErrorCode, type Failure, surplusAfter } from '../failure-class.js';
import { monotonicUs } from '../monotonic-clock.js';
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
}

/**
 * One VU: an autocannon client whose connections and requests are managed here. autocannon writes the requests and
 * parses the responses; left alone it would forget a request when the peer closes, write the next one at once to a connection that
 * was refused, and go on parsing a new connection with what was left of the old one.
 *
 *     open -> write -> response -> write -> ...                     keep-alive
 *                      response -> retire, open -> write            "Connection: close"
 *             write -> failure  -> (back off) open -> write         refused, reset, closed, timed out
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
  /** The body so far, until the answer begins in it, and when it did. */
  readonly #body = new ByteStore();
  readonly #answerStart: AnswerStart;
  #answerUs: number | null = null;
  /** Unrequested bytes followed the response. */
  #surplus = false;
  #opening = false;
  #begun = false;
  #stopped = false;
  #failuresInARow = 0;
  /** Before the first connection, or after one that was refused. */
  #pause: NodeJS.Timeout | undefined;

  /**
   * @param client inside autocannon's `setupClient`, before its first connection
   * @param judge why a complete response is a failure, or null
   * @param textEvents null where responses are no streams
   * @param startDelayMs until its first connection
   */
  constructor(
    client: object,
    private readonly accounting: RequestAccounting,
    private readonly judge: (status: number, body: string) => Failure | null,
    textEvents: TextEvents | null,
    startDelayMs: number,
  ) {
    this.#answerStart = new AnswerStart(textEvents);
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
    internals.requestIterator.recordBody = (_request, status, body) => this.#onResponse(status, body);
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
      if (socket === this.#socket) parser.finish();
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
    if (this.#surplus || oldChunks || info.shouldKeepAlive !== true) {
      this.#complete();
      this.#retire();
      this.#open();
    } else {
      this.#write();
    }
  }

  #write(): void {
    const writtenUs = monotonicUs();
    this.#doRequest();
    // The last response is counted while this request is in flight: a VU has no think time.
    this.#complete();
    this.accounting.wrote(writtenUs);
    if (this.#writtenUs !== null) throw new Error('a VU wrote a request while another was in flight');
    this.#writtenUs = writtenUs;
    this.#hasFirstByte = false;
    this.#answerUs = null;
    this.#answerStart.reset();
    this.#body.clear();
  }

  #received(chunk: Buffer, execute: (chunk: Buffer) => unknown): unknown {
    const socket = this.#socket;
    const nowUs = monotonicUs();
    this.#hasFirstByte = true;
    this.accounting.received(nowUs, chunk.length);
    const result = execute(chunk);
    if (result instanceof Error && socket !== null) {
      this.#fail(socket, { class: 'bad_body', detail: `the response is not HTTP: ${result.message}` });
    }
    return result;
  }

  #onBody(part: Buffer): void {
    if (this.#answerUs !== null) return;
    this.#body.append(part, 0, part.length);
    if (this.#answerStart.foundIn(this.#body.bytes, this.#body.length)) this.#answerUs = monotonicUs();
  }

  #onResponse(status: number, body: string): void {
    const atUs = monotonicUs();
    this.#response = { atUs, firstByteAtUs: this.#answerUs ?? atUs, status, body };
    this.#failuresInARow = 0;
    const { parser } = this.#client;
    this.#surplus = parser.offset < parser.end;
    parser.offset = parser.end;
  }

  #complete(): void {
    const response = this.#response;
    if (response === null) return;
    if (this.#writtenUs === null) throw new Error('a response came to a VU that had asked nothing');
    const latencyUs = response.atUs - this.#writtenUs;
    const failure = this.#surplus ? surplusAfter(response.status) : this.judge(response.status, response.body);
    if (failure === null) this.accounting.succeeded(response.atUs, latencyUs, response.firstByteAtUs - this.#writtenUs);
    else this.accounting.failed(response.atUs, latencyUs, failure);
    this.#response = null;
    this.#writtenUs = null;
  }

  #fail(socket: Socket, failure: Failure): void {
    if (socket !== this.#socket || this.#stopped) return;
    this.#drop(socket);
    const nowUs = monotonicUs();
    if (this.#writtenUs !== null) this.accounting.failed(nowUs, nowUs - this.#writtenUs, failure);
    this.#writtenUs = null;
    if (this.#hasFirstByte || failure.class === 'timeout') {
      this.#open();
    } else {
      this.#pause = setTimeout(() => this.#open(), backOffMs(this.#failuresInARow));
      this.#failuresInARow += 1;
    }
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
