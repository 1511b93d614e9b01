import type { Ledger } from '../accounting.js';
import { backOffMs } from '../back-off.js';
import { type Failure, surplusAfter } from '../failure-class.js';
import { monotonicUs } from '../monotonic-clock.js';
import type { Vu } from '../workers/vus.js';
import { AnswerParser } from './answer-parser.js';
import { Connection, type ConnectionUser } from './connection.js';
import type { PreparedRequest } from './request-bytes.js';

/** What is wrong with the whole answer that a parser holds, or null. */
export type Judge = (answer: AnswerParser) => Failure | null;

/**
 * One VU: one connection with one request in flight.
 *
 *     open -> write -> answered -> write -> ...                     keep-alive
 *                      answered -> retire, open -> write            "Connection: close"
 *             write -> lost     -> (back off) open -> write         refused, reset, closed, timed out
 *
 * A request's latency runs from before its write, connecting included where a connection had to be made, to the read
 * that brought its last byte: so that VUs = rate * latency (Little's law) holds.
 */
export class VirtualUser implements Vu, ConnectionUser {
  readonly #parser = new AnswerParser();
  #connection: Connection | null = null;
  /** A request is under way, written at that moment. */
  #waiting = false;
  #writtenUs = 0;
  /** Bytes of an answer came since the last write, the first of them at that moment. */
  #heard = false;
  #heardUs = 0;
  #stopped = false;
  #unheardInARow = 0;
  /** Before the first connection, or after one that was refused. */
  #pause: NodeJS.Timeout | undefined;

  constructor(
    private readonly request: PreparedRequest,
    private readonly ledger: Ledger,
    private readonly judge: Judge,
  ) {}

  get waiting(): boolean {
    return this.#waiting;
  }

  /** Send the first request after this time. */
  begin(delayMs: number): void {
    if (delayMs <= 0) this.#open();
    else this.#pause = setTimeout(() => this.#open(), delayMs);
  }

  expire(nowUs: number, timeoutUs: number): void {
    if (!this.#waiting || nowUs - this.#writtenUs < timeoutUs) return;
    this.#lost({ class: 'timeout', detail: `no whole answer within ${timeoutUs / 1e6} s` });
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
    this.ledger.connected(nowUs, nowUs - this.#writtenUs);
  }

  received(bytes: Buffer, length: number): void {
    const nowUs = monotonicUs();
    if (!this.#heard) {
      this.#heard = true;
      this.#heardUs = nowUs;
    }
    this.ledger.received(nowUs, length);
    const progress = this.#parser.push(bytes, 0, length);
    if (progress === 'whole') this.#answered(nowUs, this.#parser.at < length);
    else if (progress === 'refused') this.#refused();
  }

  ended(): void {
    if (this.#parser.end() === 'whole') this.#answered(monotonicUs(), false);
    else this.broke(null);
  }

  broke(failure: Failure | null): void {
    const when = this.#heard ? 'within' : 'before';
    this.#lost(failure ?? { class: 'closed', detail: `the peer closed the connection ${when} an answer` });
  }

  #open(): void {
    if (this.#stopped) return;
    this.#parser.reset();
    const writtenUs = monotonicUs();
    this.#connection = new Connection(this.request.host, this.request.port, this);
    this.#connection.write(this.request.bytes);
    this.#wrote(writtenUs);
  }

  /** @param surplus bytes that nobody asked for follow the answer */
  #answered(atUs: number, surplus: boolean): void {
    this.#unheardInARow = 0;
    const connection = this.#connection;
    if (connection !== null && this.#parser.keepAlive && !surplus) {
      const writtenUs = monotonicUs();
      connection.write(this.request.bytes);
      // The answer before is booked while this request is under way: a VU has no think time.
      this.#settle(atUs, this.judge(this.#parser));
      this.#wrote(writtenUs);
      return;
    }
    this.#settle(atUs, surplus ? surplusAfter(this.#parser.status) : this.judge(this.#parser));
    if (surplus) connection?.drop();
    else connection?.retire();
    this.#open();
  }

  #wrote(writtenUs: number): void {
    this.ledger.wrote(writtenUs);
    this.#waiting = true;
    this.#writtenUs = writtenUs;
    this.#heard = false;
  }

  #settle(atUs: number, failure: Failure | null): void {
    const latencyUs = atUs - this.#writtenUs;
    if (failure === null) this.ledger.succeeded(atUs, latencyUs, this.#heardUs - this.#writtenUs);
    else this.ledger.failed(atUs, latencyUs, failure);
    this.#waiting = false;
  }

  #refused(): void {
    this.#lost({ class: 'bad_body', detail: `the answer is not HTTP: ${this.#parser.problem}` });
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
