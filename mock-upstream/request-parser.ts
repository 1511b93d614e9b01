import { ByteStore } from '../common/http/byte-store.js';
import { CR, LF } from '../common/http/bytes.js';
import { ChunkedBody } from '../common/http/chunked-body.js';
import { failure, type HeadMemo, type RequestFailure, type RequestHead } from './request-head.js';

/** Far above any prompt. It keeps a client that never stops sending from filling the memory. */
export const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

/** Four times Node's own limit. */
export const HEAD_LIMIT_BYTES = 64 * 1024;

/** Called for each request: `onHead`, and then one of the others. */
export interface RequestSink {
  onHead(head: RequestHead): void;
  /** The request is complete. Its body is bytes[start, end) until this returns. */
  onBody(bytes: Buffer, start: number, end: number): void;
  /**
   * As {@link onBody}, for a body that was too large to keep. It has been read to its end all the same: closing the
   * connection on a client that still sends would reset it, and lose the response.
   */
  onTooLarge(): void;
  /** Nothing more is read from this connection. Can come without a head. */
  onFailure(failure: RequestFailure): void;
}

const NO_BYTES = Buffer.alloc(0);

/**
 * Parses the requests of one connection (RFC 9112), from pieces that may be cut at any byte. What comes in one piece
 * isn't copied.
 */
export class RequestParser {
  #state: 'head' | 'length' | 'chunked' | 'stopped' = 'head';
  /** What came before of the head or body that is being read. */
  readonly #held = new ByteStore();
  /** Of the head that is being read: how far it was searched for its end, and where the current line starts. */
  #scanned = 0;
  #lineStart = 0;
  /** Of the body that is being read. */
  #remaining = 0;
  #tooLarge = false;
  #chunked: ChunkedBody | null = null;
  #last = false;

  constructor(
    private readonly sink: RequestSink,
    private readonly memo: HeadMemo,
    private readonly bodyLimitBytes = BODY_LIMIT_BYTES,
  ) {}

  /** Read nothing more. */
  stop(): void {
    this.#state = 'stopped';
  }

  /** Read nothing after the current request. */
  lastRequest(): void {
    this.#last = true;
  }

  /** Parse bytes[0, end). They may be overwritten as soon as this returns. */
  push(bytes: Buffer, end: number): void {
    let at = 0;
    while (at < end) {
      switch (this.#state) {
        case 'head':
          at = this.#held.length === 0 ? this.#headInPlace(bytes, at, end) : this.#headInPieces(bytes, at, end);
          break;
        case 'length':
          at = this.#bodyByLength(bytes, at, end);
          break;
        case 'chunked':
          at = this.#bodyByChunks(bytes, at, end);
          break;
        case 'stopped':
          return;
        default:
          this.#state satisfies never;
      }
    }
  }

  #headInPlace(bytes: Buffer, start: number, end: number): number {
    const known = this.memo.recall(bytes, start, end);
    if (known) {
      this.#begin(known);
      return start + this.memo.length;
    }
    this.#scanned = start;
    this.#lineStart = start;
    const headEnd = this.#findHeadEnd(bytes, end);
    if (this.#state === 'stopped') return end;
    if (headEnd !== -1) {
      this.#parse(bytes, start, headEnd);
      return headEnd;
    }
    this.#held.append(bytes, start, end);
    this.#scanned -= start;
    this.#lineStart -= start;
    if (this.#held.length > HEAD_LIMIT_BYTES) this.#failHeadTooLong();
    return end;
  }

  #headInPieces(bytes: Buffer, start: number, end: number): number {
    const before = this.#held.length;
    // One byte more than the limit is enough to see that it is passed.
    const taken = Math.min(end, start + HEAD_LIMIT_BYTES + 1 - before);
    this.#held.append(bytes, start, taken);
    const headEnd = this.#findHeadEnd(this.#held.bytes, this.#held.length);
    if (this.#state === 'stopped') return end;
    if (headEnd !== -1) {
      this.#parse(this.#held.bytes, 0, headEnd);
      this.#held.clear();
      return start + headEnd - before;
    }
    if (this.#held.length > HEAD_LIMIT_BYTES) this.#failHeadTooLong();
    return taken;
  }

  /** Continue the last search. @returns the index behind the empty line, or -1 */
  #findHeadEnd(bytes: Uint8Array, end: number): number {
    for (let at = this.#scanned; at < end; at++) {
      if (bytes[at] !== LF) continue;
      if (at === this.#lineStart || bytes[at - 1] !== CR) {
        this.#fail(failure('a line does not end with CR LF'));
        return -1;
      }
      if (at - this.#lineStart === 1) return at + 1;
      this.#lineStart = at + 1;
    }
    this.#scanned = end;
    return -1;
  }

  #parse(bytes: Buffer, start: number, end: number): void {
    // An empty line before a request is ignored (RFC 9112, 2.2): some clients send one too many after a body.
    if (end - start === 2) return;
    const head = this.memo.parse(bytes, start, end);
    if (head.kind === 'failure') {
      this.#fail(head);
      return;
    }
    this.memo.remember(bytes, start, end, head);
    this.#begin(head);
  }

  #begin(head: RequestHead): void {
    this.sink.onHead(head);
    if (this.#state === 'stopped') return;
    if (head.chunked) {
      this.#state = 'chunked';
      this.#tooLarge = false;
      this.#chunked ??= new ChunkedBody({ append: (bytes, start, end) => this.#keep(bytes, start, end) });
      this.#chunked.reset();
    } else if (head.contentLength === 0) {
      this.#toNext();
      this.sink.onBody(NO_BYTES, 0, 0);
    } else {
      this.#state = 'length';
      this.#remaining = head.contentLength;
      this.#tooLarge = head.contentLength > this.bodyLimitBytes;
    }
  }

  #bodyByLength(bytes: Buffer, start: number, end: number): number {
    const remaining = this.#remaining;
    if (remaining <= end - start && this.#held.length === 0 && !this.#tooLarge) {
      this.#toNext();
      this.sink.onBody(bytes, start, start + remaining);
      return start + remaining;
    }
    const taken = Math.min(remaining, end - start);
    this.#keep(bytes, start, start + taken);
    this.#remaining -= taken;
    if (this.#remaining === 0) this.#endBody();
    return start + taken;
  }

  #bodyByChunks(bytes: Buffer, start: number, end: number): number {
    const decoder = this.#chunked;
    if (!decoder) return end;
    const at = decoder.push(bytes, start, end);
    if (decoder.refused) {
      this.#fail(failure(decoder.problem, decoder.trailersTooLong ? 431 : 400));
      return end;
    }
    if (decoder.complete) this.#endBody();
    return at;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    if (this.#held.length + end - start > this.bodyLimitBytes) this.#tooLarge = true;
    if (this.#tooLarge) this.#held.clear();
    else this.#held.append(bytes, start, end);
  }

  #endBody(): void {
    this.#toNext();
    if (this.#tooLarge) this.sink.onTooLarge();
    else this.sink.onBody(this.#held.bytes, 0, this.#held.length);
    this.#held.clear();
  }

  #toNext(): void {
    this.#state = this.#last ? 'stopped' : 'head';
  }

  #failHeadTooLong(): void {
    this.#fail(failure(`the head is larger than ${HEAD_LIMIT_BYTES} bytes`, 431));
  }

  #fail(what: RequestFailure): void {
    this.stop();
    this.#held.clear();
    this.sink.onFailure(what);
  }
}
