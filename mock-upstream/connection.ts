import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { ChatExchange, Exchange, type ResponseSink } from './exchange.js';
import type { RequestFailure, RequestHead } from './request-head.js';
import { BODY_LIMIT_BYTES, RequestParser, type RequestSink } from './request-parser.js';
import { CONTINUE, errorResponse, type PlainResponse, renderResponse, type WireText } from './responses.js';
import { isChat, plainResponse, type RouteContext } from './routes.js';
import { readAnew, readShared } from './shared-read.js';

/** Pending requests on one connection before it is no longer read. */
const MAX_PENDING = 1000;

/**
 * How long a connection that this side has closed stays readable. Destroying it at once would reset it, and the client
 * might lose the last response.
 */
const LINGER_MS = 2000;

/** One client's connection: responses are sent in the order of the requests. */
export class Connection implements RequestSink, ResponseSink {
  readonly #socket: Socket;
  /** What can be reset. */
  readonly #tcp: Socket;
  readonly #parser: RequestParser;
  /** Exchanges whose response is not sent yet, a linked list. */
  #first: Exchange | null = null;
  #last: Exchange | null = null;
  #pendingCount = 0;
  /** The one whose body is coming in. */
  #incoming: Exchange | null = null;
  #incomingHead: RequestHead | null = null;
  #arrivedMs = 0;
  #paused = false;
  /** The client has left, or this side has sent its last response. */
  #over = false;

  /**
   * @param accepted nothing is read of it yet; paused where it is `tcp` itself
   * @param tcp the same, or what is below it where it speaks TLS
   */
  constructor(
    accepted: Socket,
    tcp: Socket,
    private readonly context: RouteContext,
  ) {
    this.#parser = new RequestParser(this, context.heads);
    const onBytes = (bytes: Buffer, length: number) => this.#onBytes(bytes, length);
    this.#socket = accepted === tcp ? readShared(accepted, context.readBuffer, onBytes) : readAnew(accepted, onBytes);
    this.#tcp = accepted === tcp ? this.#socket : tcp;
    // A reset is told by the close that follows it.
    this.#socket.on('error', () => {});
    this.#socket.on('end', () => this.#onGone());
    this.#socket.on('close', () => this.#onGone());
    this.#socket.on('drain', () => this.#resumeIfReady());
  }

  onHead(head: RequestHead): void {
    const exchange = this.#append(this.#open(head));
    this.#incoming = exchange;
    this.#incomingHead = head;
    if (head.expectsContinue && (head.chunked || head.contentLength > 0)) {
      exchange.owesContinue = true;
      if (this.#first === exchange) this.#sendContinue(exchange);
    }
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    const [exchange, head] = this.#endIncoming();
    if (!exchange || !head || exchange.onBody(bytes, start, end, this.#arrivedMs)) return;
    this.#respondPlainly(exchange, head);
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
    if (last) exchange.responded = true;
    if (this.#over) return;
    if (this.#first !== exchange) {
      exchange.ready += text;
      return;
    }
    this.#socket.write(text, 'latin1');
    if (last) this.#advance(exchange);
  }

  sever(exchange: Exchange, how: 'close' | 'reset'): void {
    if (this.#over) return;
    exchange.responded = true;
    if (how === 'close') {
      this.#hangUp();
      return;
    }
    this.#onGone();
    this.#tcp.resetAndDestroy();
  }

  #open(head: RequestHead): Exchange {
    const { opener } = this.context;
    const opened = opener === null ? null : opener.open(head, this);
    if (opened) return opened;
    return isChat(head)
      ? new ChatExchange(head, this, this.context)
      : new Exchange(head.keepAlive, head.method === 'HEAD');
  }

  #onBytes(bytes: Buffer, length: number): void {
    this.#arrivedMs = performance.now();
    this.#parser.push(bytes, length);
    // Release what is due too: a busy event loop hears the timer late.
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
    const response = plainResponse(head, this.context);
    if (!(response instanceof Promise)) {
      this.#reply(exchange, response);
      return;
    }
    response.then(
      (late) => this.#reply(exchange, late),
      (error: unknown) => this.#reply(exchange, errorResponse(500, String(error))),
    );
  }

  #reply(exchange: Exchange, response: PlainResponse): void {
    this.send(exchange, renderResponse(response, exchange.keepAlive, exchange.headOnly), true);
  }

  #sendContinue(exchange: Exchange): void {
    exchange.owesContinue = false;
    this.#socket.write(CONTINUE, 'latin1');
  }

  /** The first exchange is done: send the responses behind it that are ready. */
  #advance(done: Exchange): void {
    let front: Exchange | null = done;
    while (front?.responded) {
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
