import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { ChatExchange, Exchange, type ResponseSink } from './exchange.js';
import type { RequestFailure, RequestHead } from './request-head.js';
import { BODY_LIMIT_BYTES, RequestParser, type RequestSink } from './request-parser.js';
import { CONTINUE, errorResponse, type PlainResponse, renderResponse, type WireText } from './responses.js';
import { isChat, plainResponse, type RouteContext } from './routes.js';
import { readShared } from './shared-read.js';

/** Answers that may wait on one connection before no more of its requests are read. */
const MAX_PENDING = 1000;

/**
 * How long a connection that this side has closed may still be sent to. To close it at once would reset it, and the
 * client might lose the last answer with it.
 */
const LINGER_MS = 2000;

/** One client's connection: requests come in, and are answered in the order in which they came. */
export class Connection implements RequestSink, ResponseSink {
  readonly #socket: Socket;
  readonly #parser: RequestParser;
  /** The line of those that are not answered yet. */
  #first: Exchange | null = null;
  #last: Exchange | null = null;
  #pendingCount = 0;
  /** The one whose body is coming in. */
  #incoming: Exchange | null = null;
  #incomingHead: RequestHead | null = null;
  #arrivedMs = 0;
  #paused = false;
  /** Nobody is there to be answered any more, or this side has said its last. */
  #over = false;

  /** @param accepted paused, with nothing read yet */
  constructor(
    accepted: Socket,
    private readonly context: RouteContext,
  ) {
    this.#parser = new RequestParser(this, context.heads);
    this.#socket = readShared(accepted, context.readBuffer, (bytes, length) => this.#onBytes(bytes, length));
    // A reset is told by the close that follows it.
    this.#socket.on('error', () => {});
    this.#socket.on('end', () => this.#onGone());
    this.#socket.on('close', () => this.#onGone());
    this.#socket.on('drain', () => this.#resumeIfReady());
  }

  onHead(head: RequestHead): void {
    const exchange = isChat(head)
      ? new ChatExchange(head, this, this.context)
      : new Exchange(head.keepAlive, head.method === 'HEAD');
    this.#append(exchange);
    this.#incoming = exchange;
    this.#incomingHead = head;
    if (head.expectsContinue && (head.chunked || head.contentLength > 0)) {
      exchange.owesContinue = true;
      if (this.#first === exchange) this.#sendContinue(exchange);
    }
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    const [exchange, head] = this.#endIncoming();
    if (exchange instanceof ChatExchange) exchange.onBody(bytes, start, end, this.#arrivedMs);
    else if (exchange && head) this.#respondPlainly(exchange, head);
  }

  onTooLarge(): void {
    const [exchange] = this.#endIncoming();
    if (exchange) this.#reply(exchange, errorResponse(413, `the body is larger than ${BODY_LIMIT_BYTES} bytes`));
  }

  onFailure({ status, message }: RequestFailure): void {
    const exchange = this.#incoming ?? this.#append(new Exchange(false, false));
    this.#incoming = null;
    exchange.keepAlive = false;
    this.#reply(exchange, errorResponse(status, message));
  }

  send(exchange: Exchange, text: WireText, last: boolean): void {
    if (last) exchange.answered = true;
    if (this.#over) return;
    if (this.#first !== exchange) {
      exchange.ready += text;
      return;
    }
    this.#socket.write(text, 'latin1');
    if (last) this.#advance(exchange);
  }

  #onBytes(bytes: Buffer, length: number): void {
    this.#arrivedMs = performance.now();
    this.#parser.push(bytes, length);
    // What comes in is also the occasion to release what is due: a busy event loop hears the alarm late.
    this.context.schedule.releaseInPassing(this.#arrivedMs);
    if (this.#pendingCount > MAX_PENDING || this.#socket.writableNeedDrain) {
      this.#paused = true;
      this.#socket.pause();
    }
  }

  #append(exchange: Exchange): Exchange {
    if (this.#last) this.#last.following = exchange;
    else this.#first = exchange;
    this.#last = exchange;
    this.#pendingCount++;
    // What would come after the last request isn't read as one.
    if (!exchange.keepAlive) this.#parser.lastRequest();
    return exchange;
  }

  #endIncoming(): [Exchange | null, RequestHead | null] {
    const exchange = this.#incoming;
    this.#incoming = null;
    if (exchange) exchange.owesContinue = false;
    return [exchange, this.#incomingHead];
  }

  #respondPlainly(exchange: Exchange, head: RequestHead): void {
    const answer = plainResponse(head, this.context);
    if (!(answer instanceof Promise)) {
      this.#reply(exchange, answer);
      return;
    }
    answer.then(
      (late) => this.#reply(exchange, late),
      (error: unknown) => this.#reply(exchange, errorResponse(500, String(error))),
    );
  }

  #reply(exchange: Exchange, answer: PlainResponse): void {
    this.send(exchange, renderResponse(answer, exchange.keepAlive, exchange.headOnly), true);
  }

  #sendContinue(exchange: Exchange): void {
    exchange.owesContinue = false;
    this.#socket.write(CONTINUE, 'latin1');
  }

  /** The first in line has been answered: on to those behind it, as far as they are ready. */
  #advance(answered: Exchange): void {
    let front: Exchange | null = answered;
    while (front?.answered) {
      const { keepAlive, following }: Exchange = front;
      this.#pendingCount--;
      this.#first = following;
      if (!following) this.#last = null;
      if (!keepAlive) {
        this.#hangUp();
        return;
      }
      front = following;
      if (front?.owesContinue) this.#sendContinue(front);
      if (front?.ready) {
        this.#socket.write(front.ready, 'latin1');
        front.ready = '';
      }
    }
    if (this.#paused) this.#resumeIfReady();
  }

  #resumeIfReady(): void {
    if (!this.#paused || this.#over || this.#pendingCount > MAX_PENDING || this.#socket.writableNeedDrain) return;
    this.#paused = false;
    this.#socket.resume();
  }

  #hangUp(): void {
    this.#onGone();
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  #onGone(): void {
    if (this.#over) return;
    this.#over = true;
    this.#parser.stop();
    for (let exchange = this.#first; exchange; exchange = exchange.following) exchange.abandon();
    this.#first = null;
    this.#last = null;
  }
}
