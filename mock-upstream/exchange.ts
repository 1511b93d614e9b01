import { performance } from 'node:perf_hooks';
import type { DelaySource } from '../common/delay-source.js';
import type { Chat, ChatMemo } from './chat-request.js';
import type { DelayRecord } from './delay-record.js';
import type { ReleaseSchedule } from './release-schedule.js';
import type { RequestHead } from './request-head.js';
import { errorResponse, renderResponse, type WireText } from './responses.js';
import type { ProcessStats } from './stats.js';
import type { TimerEntry, TimerQueue } from './timer-queue.js';

/** A request and its response, in the list of those of one connection. */
export class Exchange {
  /** The request that came in after this one. */
  following: Exchange | null = null;
  /** The part of the response that is ready before its turn. */
  ready: WireText = '';
  /** The response is complete: sent, or ready. */
  responded = false;
  /** The client wants a `100 Continue` before it sends the body, and has not got it. */
  owesContinue = false;

  /**
   * @param keepAlive the connection stays open after the response
   * @param headOnly the request was a HEAD
   */
  constructor(
    public keepAlive: boolean,
    readonly headOnly: boolean,
  ) {}

  /**
   * The request is complete.
   * @param arrivedMs when its last byte came, in milliseconds of `performance.now()`
   * @returns false where the response doesn't depend on the body, and is still to be made
   */
  onBody(_bytes: Buffer, _start: number, _end: number, _arrivedMs: number): boolean {
    return false;
  }

  /** The client has left: stop working for it. */
  abandon(): void {}
}

/** What every exchange of one process shares. */
export interface ChatContext {
  delay: DelaySource;
  /** Completions that wait for their latency, and streams that wait for their next chunk. */
  latencyQueue: TimerQueue;
  chunkQueue: TimerQueue;
  streamChunkDelayMs: number;
  schedule: ReleaseSchedule;
  chats: ChatMemo;
  stats: ProcessStats;
  record: DelayRecord | null;
}

/** Takes the responses of exchanges. */
export interface ResponseSink {
  /** @param last the response ends with this */
  send(exchange: Exchange, text: WireText, last: boolean): void;
  /** End the connection in the middle of a response: properly, or with a reset. */
  sever(exchange: Exchange, how: 'close' | 'reset'): void;
}

/** Answers more than the published contract knows, or answers otherwise. */
export interface ExchangeOpener {
  /** @returns null for a request that is none of its business */
  open(head: RequestHead, sink: ResponseSink): Exchange | null;
}

/** One `POST /v1/chat/completions`, until its response is sent or the client leaves. */
export class ChatExchange extends Exchange implements TimerEntry {
  dueMs = 0;
  next: TimerEntry | null = null;
  cancelled = false;
  #chat: Chat | null = null;
  #arrivedMs = 0;
  #delayMs = 0;
  /** What of a stream is still to be sent. */
  #parts: WireText[] | null = null;
  readonly #http10: boolean;

  constructor(
    head: RequestHead,
    private readonly sink: ResponseSink,
    private readonly context: ChatContext,
  ) {
    super(head.keepAlive, false);
    this.#http10 = head.http10;
    context.stats.countRequest();
  }

  /**
   * The request is complete. The body is decoded while the client waits anyway, so that decoding doesn't delay the
   * response. Without a latency, the response is sent before this returns.
   * @param arrivedMs when its last byte came, in milliseconds of `performance.now()`
   */
  override onBody(bytes: Buffer, start: number, end: number, arrivedMs: number): boolean {
    const { chats, delay, schedule, latencyQueue } = this.context;
    this.#chat = chats.decode(bytes, start, end);
    this.#arrivedMs = arrivedMs;
    this.#delayMs = delay();
    if (this.#delayMs > 0) {
      schedule.wait(latencyQueue, this, arrivedMs, this.#delayMs);
      return true;
    }
    this.dueMs = arrivedMs;
    this.release(performance.now());
    return true;
  }

  release(nowMs: number): void {
    if (this.#parts) {
      this.#sendNextPart(this.#parts);
      return;
    }
    const { stats, record } = this.context;
    stats.countRelease(nowMs - this.dueMs);
    record?.add(this.#arrivedMs, this.#delayMs, nowMs - this.#arrivedMs);
    const chat = this.#chat;
    if (!chat) {
      this.sink.send(this, renderResponse(errorResponse(400, 'the body is not a JSON object'), this.keepAlive), true);
    } else if (chat.stream) {
      // HTTP/1.0 knows no chunks: there, the end of the connection is the end of the stream.
      if (this.#http10) this.keepAlive = false;
      this.#parts = chat.writer.stream(this.keepAlive, !this.#http10);
      this.#sendNextPart(this.#parts);
    } else {
      stats.countCompletion();
      this.sink.send(this, chat.writer.completion(this.keepAlive), true);
    }
  }

  override abandon(): void {
    if (this.responded) return;
    this.responded = true;
    this.cancelled = true;
    this.context.stats.countClientGone();
  }

  /** Each part is a write of its own, and so goes out by itself: nothing here holds writes back. */
  #sendNextPart(parts: WireText[]): void {
    const { schedule, chunkQueue, streamChunkDelayMs, stats } = this.context;
    while (!this.cancelled) {
      const part = parts.shift() ?? '';
      const last = parts.length === 0;
      if (last) stats.countCompletion();
      this.sink.send(this, part, last);
      if (last) return;
      if (streamChunkDelayMs > 0) {
        schedule.wait(chunkQueue, this, performance.now(), streamChunkDelayMs);
        return;
      }
    }
  }
}
