import { NO_CLASS } from '../class-accounting.js';
import { type Failure, surplusAfter, withRetryAfter } from '../failure-class.js';
import { monotonicUs } from '../monotonic-clock.js';
import type { StreamWatch } from '../streams/stream-watch.js';
import { backOffMs, type Vu } from '../workers/vus.js';
import { Connection, type ConnectionUser } from './connection.js';
import type { PreparedKind } from './prepared-mix.js';
import { ResponseParser } from './response-parser.js';
import type { Sender, VuContext } from './vu-context.js';

/**
 * One VU: one connection with one request in flight.
 *
 *     open -> write -> response -> write -> ...                     keep-alive
 *                      response -> retire, open -> write            "Connection: close"
 *                      failure  -> back off, write                  a failed response; open first if it was refused, reset, closed
 *                      closed   -> open -> write again              a kept connection, before any byte: reopened
 *                      timeout  -> open -> write
 *
 * A request's latency runs from before its write, connecting included where a connection had to be made, to the read
 * that brought its last byte: so that VUs = rate * latency (Little's law) holds. Of an open loop it runs from the moment
 * when the request was due, which a pacer tells.
 */
export class VirtualUser implements Vu, ConnectionUser, Sender {
  /** The common one, or one of its own while a response comes in pieces. */
  #parser: ResponseParser;
  #ownParser: ResponseParser | null = null;
  #connection: Connection | null = null;
  /** A request is in flight, written at that time. */
  #waiting = false;
  #writtenUs = 0;
  /** When it was due; in a closed loop, when it was written. */
  #dueUs = 0;
  /** Part of a response came since the last write. */
  #hasFirstByte = false;
  /** When the answer began in a response that comes in pieces; 0 where it has not. */
  #answerUs = 0;
  readonly #stream: StreamWatch | null;
  #connectingUs = 0;
  /** This connection has brought a whole response. */
  #served = false;
  /** The request in flight was written a second time. */
  #reopened = false;
  #stopped = false;
  #failuresInARow = 0;
  /** Before the first connection, or in back-off. */
  #pause: NodeJS.Timeout | undefined;

  /** Draws the next request of several; null where every request is the same. */
  readonly #draw: (() => PreparedKind) | null;
  /** What is in flight, or was last. */
  #kind: PreparedKind;

  /** @param index of this VU among all of the load */
  constructor(
    private readonly context: VuContext,
    index: number,
  ) {
    this.#parser = context.parser;
    this.#draw = context.mix?.drawFor(index) ?? null;
    this.#kind = { bytes: context.request.bytes, judge: context.judge, classIndex: NO_CLASS };
    this.#stream = context.streams?.newWatch() ?? null;
  }

  get writtenUs(): number | null {
    return this.#waiting ? this.#writtenUs : null;
  }

  /** Send the first request after this time. */
  begin(delayMs: number): void {
    if (delayMs <= 0) this.#open();
    else this.#pause = setTimeout(() => this.#open(), delayMs);
  }

  send(dueUs: number): number {
    this.#next();
    const writtenUs = monotonicUs();
    if (this.#connection === null) this.#connect();
    else this.#connection.write(this.#kind.bytes);
    this.#wrote(writtenUs, dueUs);
    return writtenUs;
  }

  expire(nowUs: number, timeoutUs: number): void {
    if (!this.#waiting || nowUs - this.#writtenUs < timeoutUs) return;
    this.#fail({ class: 'timeout', detail: `no complete response within ${timeoutUs / 1e6} s` });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#pause);
    this.#drop();
  }

  connected(): void {
    const nowUs = monotonicUs();
    this.context.accounting.connected(nowUs, nowUs - this.#connectingUs);
  }

  received(bytes: Buffer, length: number): void {
    const nowUs = monotonicUs();
    this.context.accounting.received(nowUs, length);
    if (!this.#waiting) {
      // In back-off nobody has asked for anything.
      this.#drop();
      return;
    }
    const progress = this.#parser.push(bytes, 0, length);
    if (progress === 'complete') {
      this.#onResponse(nowUs, this.#parser.at < length);
      return;
    }
    this.#hasFirstByte = true;
    if (progress === 'refused') {
      this.#fail({ class: 'bad_body', detail: `the response is not HTTP: ${this.#parser.problem}` });
      return;
    }
    if (this.#parser === this.context.parser) this.#useOwnParser(bytes, length);
    const { gathered, gatheredBytes } = this.#parser;
    if (this.#stream !== null) this.#stream.read(gathered, 0, gatheredBytes, nowUs);
    else if (this.#answerUs === 0 && gatheredBytes > 0) this.#answerUs = nowUs;
  }

  ended(): void {
    if (this.#waiting && this.#parser.end() === 'complete') this.#onResponse(monotonicUs(), false);
    else this.broke(null);
  }

  broke(failure: Failure | null): void {
    if (!this.#waiting) {
      // In back-off: the next request gets a new connection.
      this.#drop();
    } else if (this.#closedIdle(failure)) {
      this.#reopen();
    } else {
      const when = this.#hasFirstByte ? 'within' : 'before';
      this.#fail(failure ?? { class: 'closed', detail: `the peer closed the connection ${when} a response` });
    }
  }

  /**
   * The peer closed a kept connection just as this request was on its way to it. Once for a request: a peer that closes a
   * new connection too is no less broken for having answered before.
   */
  #closedIdle(failure: Failure | null): boolean {
    const closed = failure === null || failure.class === 'reset';
    return closed && this.#served && !this.#reopened && !this.#hasFirstByte;
  }

  #reopen(): void {
    this.#drop();
    this.#reopened = true;
    this.context.accounting.reopened(monotonicUs());
    this.#connect();
  }

  #open(): void {
    if (this.#stopped) return;
    const writtenUs = monotonicUs();
    this.#next();
    this.#connect();
    this.#wrote(writtenUs);
  }

  /** Choose what is sent next; a request that is written a second time stays the same. */
  #next(): void {
    if (this.#draw !== null) this.#kind = this.#draw();
  }

  #connect(): void {
    this.#connectingUs = monotonicUs();
    this.#served = false;
    const { request, secureContext } = this.context;
    this.#connection = new Connection(request.host, request.port, this, secureContext);
    this.#connection.write(this.#kind.bytes);
  }

  /** @param surplus unrequested bytes follow the response */
  #onResponse(atUs: number, surplus: boolean): void {
    if (this.#stream !== null) {
      const { body, bodyFrom, bodyTo } = this.#parser;
      this.#stream.read(body, bodyFrom, bodyTo, atUs);
    }
    const failure = surplus ? surplusAfter(this.#parser.status) : this.#judge();
    const connection = this.#connection;
    const { pacer } = this.context;
    this.#served = true;
    if (pacer === null && failure === null && connection !== null && this.#parser.keepAlive) {
      this.#failuresInARow = 0;
      const { classIndex } = this.#kind;
      this.#next();
      const writtenUs = monotonicUs();
      connection.write(this.#kind.bytes);
      // The last response is counted while this request is in flight: a VU has no think time.
      this.#complete(atUs, null, true, classIndex);
      this.#wrote(writtenUs);
      return;
    }
    this.#complete(atUs, failure, this.#parser.status === 200);
    if (surplus) this.#drop();
    else if (!this.#parser.keepAlive) this.#retire();
    this.#after(failure, atUs);
  }

  /** What comes next once a request has ended and its connection was left or kept. */
  #after(failure: Failure | null, atUs: number): void {
    const { pacer } = this.context;
    if (failure !== null && failure.class !== 'timeout' && (pacer === null || pacer.backsOff)) {
      this.#backOff();
      return;
    }
    if (failure === null) this.#failuresInARow = 0;
    if (pacer === null) this.#open();
    else if (!this.#stopped) pacer.released(this, atUs);
  }

  /** Why the complete response is a failure, or null. */
  #judge(): Failure | null {
    const { status, body, bodyFrom, bodyTo, retryAfter } = this.#parser;
    const failure = this.#kind.judge(status, body, bodyFrom, bodyTo);
    return failure === null ? null : withRetryAfter(failure, retryAfter, Date.now());
  }

  #wrote(writtenUs: number, dueUs = writtenUs): void {
    this.context.accounting.wrote(writtenUs);
    this.#waiting = true;
    this.#reopened = false;
    this.#writtenUs = writtenUs;
    this.#dueUs = dueUs;
    this.#hasFirstByte = false;
    this.#answerUs = 0;
    this.#stream?.begin(dueUs);
    this.#parser = this.context.parser;
  }

  /** @param isStream a whole response came, with a status of 200 */
  #complete(atUs: number, failure: Failure | null, isStream: boolean, classIndex = this.#kind.classIndex): void {
    const latencyUs = atUs - this.#dueUs;
    const inFlightUs = atUs - this.#writtenUs;
    const { accounting, pacer } = this.context;
    const answerUs = this.#stream?.firstUs ?? this.#answerUs;
    if (failure === null) {
      const firstByteUs = answerUs === 0 ? latencyUs : answerUs - this.#dueUs;
      accounting.succeeded(atUs, latencyUs, firstByteUs, classIndex, inFlightUs);
      this.#stream?.succeeded(atUs);
      if (pacer !== null && accounting.inWindow) pacer.succeeded(inFlightUs);
    } else {
      accounting.failed(atUs, latencyUs, failure, classIndex, inFlightUs);
      this.#stream?.failed(isStream);
    }
    this.#waiting = false;
  }

  /** The response comes in pieces, and this is the first: the common parser must not keep it. */
  #useOwnParser(bytes: Buffer, length: number): void {
    this.context.parser.reset();
    this.#ownParser ??= new ResponseParser();
    this.#parser = this.#ownParser;
    this.#parser.reset();
    this.#parser.push(bytes, 0, length);
  }

  #fail(failure: Failure): void {
    this.#drop();
    const nowUs = monotonicUs();
    this.#complete(nowUs, failure, false);
    // Who gives a request up has waited long enough.
    this.#after(failure, nowUs);
  }

  #backOff(): void {
    const pauseMs = backOffMs(this.#failuresInARow);
    this.#failuresInARow += 1;
    this.context.accounting.backedOff(monotonicUs(), pauseMs * 1000);
    this.#pause = setTimeout(() => this.#goOn(), pauseMs);
  }

  /** Back-off is over. The connection is still there if a failed response left it open. */
  #goOn(): void {
    if (this.#connection === null) {
      this.#open();
      return;
    }
    this.#next();
    const writtenUs = monotonicUs();
    this.#connection.write(this.#kind.bytes);
    this.#wrote(writtenUs);
  }

  #drop(): void {
    this.#connection?.drop();
    this.#connection = null;
  }

  #retire(): void {
    this.#connection?.retire();
    this.#connection = null;
  }
}
