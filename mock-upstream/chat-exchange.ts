import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { completionBody, newCompletionId, streamChunks, streamEnd } from './answers.js';
import { type ChatRequest, decodeChatRequest } from './chat-request.js';
import type { ClientWatch, PendingAnswer } from './client-watch.js';
import { cancel, type Waiting } from './due-queue.js';
import type { ReleaseSchedule } from './release-schedule.js';
import { BODY_LIMIT_BYTES, type RequestBody, readBody } from './request-body.js';
import { sendError, sendJson } from './respond.js';
import type { ProcessStats } from './stats.js';

/** What every exchange of one process shares. */
export interface ChatContext {
  latencyMs: number;
  streamChunkDelayMs: number;
  schedule: ReleaseSchedule;
  clients: ClientWatch;
  stats: ProcessStats;
}

/** One `POST /v1/chat/completions`, from its head to its answer, or to the client's leaving. */
export class ChatExchange implements PendingAnswer {
  readonly #socket: Socket;
  #waiting: Waiting | null = null;
  #over = false;

  constructor(
    request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly context: ChatContext,
  ) {
    this.#socket = request.socket;
    context.stats.countRequest();
    context.clients.begin(this.#socket, this);
    readBody(request, (body, arrivedMs) => this.#onBody(body, arrivedMs));
  }

  abandon(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#waiting) cancel(this.#waiting);
    this.context.stats.countClientGone();
  }

  /** The body is decoded while the client waits anyway, so that the decoding doesn't make the answer late. */
  #onBody(body: RequestBody, arrivedMs: number): void {
    const { schedule, latencyMs, stats } = this.context;
    if (body.kind === 'too-large') {
      sendError(this.response, 413, `the body is larger than ${BODY_LIMIT_BYTES} bytes`);
      this.#finish();
      return;
    }
    const chat = decodeChatRequest(body.text);
    this.#waiting = schedule.after(arrivedMs, latencyMs, (latenessMs) => {
      stats.countRelease(latenessMs);
      this.#answer(chat);
    });
  }

  #answer(chat: ChatRequest | null): void {
    if (!chat) {
      sendError(this.response, 400, 'the body is not a JSON object');
      this.#finish();
      return;
    }
    const id = newCompletionId();
    const created = Math.floor(Date.now() / 1000);
    if (chat.stream) {
      this.#startStream(id, chat.model, created);
      return;
    }
    sendJson(this.response, 200, completionBody(id, chat.model, created));
    this.context.stats.countCompletion();
    this.#finish();
  }

  #startStream(id: string, model: string, created: number): void {
    this.response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
    this.#streamFrom(0, streamChunks(id, model, created), streamEnd(id, model, created));
  }

  #streamFrom(index: number, chunks: readonly string[], end: string): void {
    if (this.#over) return;
    const chunk = chunks[index];
    if (chunk === undefined) {
      this.response.end(end);
      this.context.stats.countCompletion();
      this.#finish();
      return;
    }
    this.response.write(chunk);
    this.#pause(() => this.#streamFrom(index + 1, chunks, end));
  }

  /**
   * Wait the chunk delay. Without one, wait for the next tick: Node holds back what is written within a tick and sends
   * it as one, and each chunk is to be flushed by itself.
   */
  #pause(then: () => void): void {
    const { schedule, streamChunkDelayMs } = this.context;
    if (streamChunkDelayMs === 0) process.nextTick(then);
    else this.#waiting = schedule.after(performance.now(), streamChunkDelayMs, then);
  }

  #finish(): void {
    this.#over = true;
    this.context.clients.end(this.#socket, this);
  }
}
