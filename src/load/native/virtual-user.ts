import type { RequestAccounting } from '../accounting.js';
import { type Failure, surplusAfter } from '../failure-class.js';
import { monotonicUs } from '../monotonic-clock.js';
import type { Vu } from '../workers/vus.js';
import { backOffMs } from '../workers/vus.js';
import { Connection, type ConnectionUser } from './connection.js';
import type { PreparedRequest } from './request-bytes.js';
import { ResponseParser } from './response-parser.js';

/** What the VUs of a worker have in common. */
export interface Common {
  request: PreparedRequest;
  accounting: RequestAccounting;
  /** What is wrong with the whole response that a parser holds, or null. */
  judge(response: ResponseParser): Failure | null;
  /**
   * Reads responses that come in one piece, as nearly all do, for whichever VU has one. It stays in the processor's
   * cache, where a thousand parsers would have to be fetched from memory, each in its turn.
   */
  parser: ResponseParser;
}

/**
 * One VU: one connection with one request in flight.
 *
 *     open -> write -> responded -> write -> ...                     keep-alive
 *                      responded -> retire, open -> write            "Connection: close"
 *             write -> lost     -> (back off) open -> write         refused, reset, closed, timed out
 *
 * A request's latency runs from before its write, connecting included where a connection had to be made, to the read
 * that brought its last byte: so that VUs = rate * latency (Little's law) holds.
 */
export class VirtualUser implements Vu, ConnectionUser {
  /** The common one; while a response comes in pieces, one of its own. */
  #parser: ResponseParser;
  #ownParser: ResponseParser | null = null;
  #connection: Connection | null = null;
  /** A request is under way, written at that moment. */
  #waiting = false;
  #writtenUs = 0;
  /** A part of a response came since the last write, its first byte at that moment. */
  #heard = false;
  #heardUs = 0;
  #stopped = false;
  #unheardInARow = 0;
  /** Before the first connection, or after one that was refused. */
  #pause: NodeJS.Timeout | undefined;

  constructor(private readonly common: Common) {
    this.#parser = common.parser;
  }

  get writtenUs(): number | null {
    return this.#waiting ? this.#writtenUs : null;
  }

  /** Send the first request after this time. */
  begin(delayMs: number): void {
    if (delayMs <= 0) this.#open();
    else this.#pause = setTimeout(() => this.#open(), delayMs);
  }

  expire(nowUs: number, timeoutUs: number): void {
    if (!this.#waiting || nowUs - this.#writtenUs < timeoutUs) return;
    this.#lost({ class: 'timeout', detail: `no whole response within ${timeoutUs / 1e6} s` });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#pause);
    this.#connection?.drop();
    this.#connection = null;
  }

  connected(): void {
    const nowUs = monotonicUs();
    // A connection's first request is written when the connection is asked for.
    this.common.accounting.connected(nowUs, nowUs - this.#writtenUs);
  }

  received(bytes: Buffer, length: number): void {
    const nowUs = monotonicUs();
    this.common.accounting.received(nowUs, length);
    const progress = this.#parser.push(bytes, 0, length);
    if (progress === 'complete') {
      this.#responded(nowUs, this.#parser.at < length);
      return;
    }
    if (!this.#heard) {
      this.#heard = true;
      this.#heardUs = nowUs;
    }
    if (progress === 'refused') {
      this.#lost({ class: 'bad_body', detail: `the response is not HTTP: ${this.#parser.problem}` });
    } else if (this.#parser === this.common.parser) {
      this.#readOnAlone(bytes, length);
    }
  }

  ended(): void {
    if (this.#parser.end() === 'complete') this.#responded(monotonicUs(), false);
    else this.broke(null);
  }

  broke(failure: Failure | null): void {
    const when = this.#heard ? 'within' : 'before';
    this.#lost(failure ?? { class: 'closed', detail: `the peer closed the connection ${when} a response` });
  }

  #open(): void {
    if (this.#stopped) return;
    const writtenUs = monotonicUs();
    this.#connection = new Connection(this.common.request.host, this.common.request.port, this);
    this.#connection.write(this.common.request.bytes);
    this.#wrote(writtenUs);
  }

  /** @param surplus bytes that nobody asked for follow the response */
  #responded(atUs: number, surplus: boolean): void {
    this.#unheardInARow = 0;
    const connection = this.#connection;
    if (connection !== null && this.#parser.keepAlive && !surplus) {
      const writtenUs = monotonicUs();
      connection.write(this.common.request.bytes);
      // The response before is booked while this request is under way: a VU has no think time.
      this.#settle(atUs, this.common.judge(this.#parser));
      this.#wrote(writtenUs);
      return;
    }
    this.#settle(atUs, surplus ? surplusAfter(this.#parser.status) : this.common.judge(this.#parser));
    if (surplus) connection?.drop();
    else connection?.retire();
    this.#open();
  }

  #wrote(writtenUs: number): void {
    this.common.accounting.wrote(writtenUs);
    this.#waiting = true;
    this.#writtenUs = writtenUs;
    this.#heard = false;
    this.#parser = this.common.parser;
  }

  #settle(atUs: number, failure: Failure | null): void {
    const latencyUs = atUs - this.#writtenUs;
    const firstByteUs = this.#heard ? this.#heardUs - this.#writtenUs : latencyUs;
    if (failure === null) this.common.accounting.succeeded(atUs, latencyUs, firstByteUs);
    else this.common.accounting.failed(atUs, latencyUs, failure);
    this.#waiting = false;
  }

  /** The response is in pieces, and this is the first: the common parser must not remember it. */
  #readOnAlone(bytes: Buffer, length: number): void {
    this.common.parser.reset();
    this.#ownParser ??= new ResponseParser();
    this.#parser = this.#ownParser;
    this.#parser.reset();
    this.#parser.push(bytes, 0, length);
  }

  #lost(failure: Failure): void {
    this.#connection?.drop();
    this.#connection = null;
    if (this.#waiting) this.#settle(monotonicUs(), failure);
    if (this.#heard || failure.class === 'timeout') {
      this.#open();
    } else {
      this.#pause = setTimeout(() => this.#open(), backOffMs(this.#unheardInARow));
      this.#unheardInARow += 1;
    }
  }
}
