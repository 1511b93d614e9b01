import { ByteStore } from '../../../common/http/byte-store.js';
import { ChunkedBody } from '../../../common/http/chunked-body.js';
import { INCOMPLETE } from '../../../common/http/head.js';
import { ResponseHead } from './response-head.js';

/** The response so far: it needs more bytes, is complete, or is not HTTP. */
export type Progress = 'more' | 'complete' | 'refused';

/** Far above any chat completion. */
const MAX_BODY_BYTES = 64 * 2 ** 20;
/** Of one head, its empty line included, however it was cut. Above nginx's limit. */
export const MAX_HEAD_BYTES = 65_536;
/** Up to here a head that comes in pieces is parsed again with each, so that what is not HTTP is refused at once. */
const PARSE_AGAIN_BYTES = 4096;

const HEAD_END = Buffer.from('\r\n\r\n');

type Stage = 'head' | 'length' | 'chunks' | 'until-close' | 'done';

/**
 * Parses HTTP/1.1 responses (RFC 9112), one after another, from pieces that may be cut at any byte. A piece that holds
 * a whole response is parsed in place; only what is cut gets copied. Interim responses (1xx) are skipped.
 */
export class ResponseParser {
  readonly #head = new ResponseHead();
  readonly #headBytes = new ByteStore();
  readonly #gathered = new ByteStore();
  readonly #chunks = new ChunkedBody(this.#gathered, { maxBytes: MAX_BODY_BYTES, paddedSizes: true });
  #stage: Stage = 'head';
  /** Bytes of a body with a length that are still to come. */
  #left = 0;
  #keepAlive = true;
  /** Where in the last piece the response ended: what follows is not part of it. */
  at = 0;
  /** Why bytes were refused. */
  problem = '';
  /** The complete body is body[bodyFrom, bodyTo), until the next piece. */
  body: Buffer = this.#gathered.bytes;
  bodyFrom = 0;
  bodyTo = 0;

  get status(): number {
    return this.#head.status;
  }

  /** The value of `Retry-After`; null where there is none. */
  get retryAfter(): string | null {
    return this.#head.retryAfter;
  }

  /** The next request may use the same connection. */
  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  /** What came so far of the body of an incomplete response lies at [0, `gatheredBytes`) of `gathered`. */
  get gathered(): Buffer {
    return this.#gathered.bytes;
  }

  get gatheredBytes(): number {
    return this.#stage === 'head' ? 0 : this.#gathered.length;
  }

  /** Forget what came: the connection is a new one. */
  reset(): void {
    this.#stage = 'head';
    this.#headBytes.clear();
  }

  /** Parse a piece; after a complete response, begin the next. */
  push(bytes: Buffer, from: number, to: number): Progress {
    if (this.#stage === 'done') this.reset();
    this.at = from;
    while (this.#stage === 'head') {
      const progress = this.#pushHead(bytes, this.at, to);
      if (progress !== null) return progress;
    }
    return this.#pushBody(bytes, to);
  }

  /** The connection ended, which completes a body without a length. */
  end(): Progress {
    return this.#stage === 'until-close' ? this.#completeGathered() : 'refused';
  }

  /** @returns null where a head ended, and a body or another head may follow */
  #pushHead(bytes: Buffer, from: number, to: number): Progress | null {
    const stored = this.#headBytes;
    if (stored.length === 0) {
      const end = this.#head.parse(bytes, from, to);
      if (end >= 0) return this.#afterHead(end - from, end, to);
      if (end !== INCOMPLETE) return this.#refuse(this.#head.problem);
      stored.append(bytes, from, to);
    } else {
      const before = stored.length;
      stored.append(bytes, from, to);
      if (before < PARSE_AGAIN_BYTES || this.#endsIn(stored, before)) {
        const end = this.#head.parse(stored.bytes, 0, stored.length);
        if (end >= 0) {
          stored.clear();
          return this.#afterHead(end, from + end - before, to);
        }
        if (end !== INCOMPLETE) return this.#refuse(this.#head.problem);
      }
    }
    // What is stored here is all head: a head that ends in it was dealt with above.
    return stored.length > MAX_HEAD_BYTES ? this.#refuseLongHead() : 'more';
  }

  /** The head's empty line is in the last piece, or cut by its start. */
  #endsIn(stored: ByteStore, before: number): boolean {
    const at = stored.bytes.indexOf(HEAD_END, Math.max(0, before - HEAD_END.length + 1));
    return at >= 0 && at + HEAD_END.length <= stored.length;
  }

  /** @param headBytes length of the head that ends at `at` */
  #afterHead(headBytes: number, at: number, to: number): Progress | null {
    this.at = at;
    if (headBytes > MAX_HEAD_BYTES) return this.#refuseLongHead();
    const { status, keepAlive, contentLength, chunked } = this.#head;
    if (status >= 100 && status < 200 && status !== 101) return at === to ? 'more' : null;
    this.#keepAlive = keepAlive;
    this.#gathered.clear();
    if (status === 101 || status === 204 || status === 304) {
      // 101: what follows is another protocol, which wasn't requested.
      if (status === 101) this.#keepAlive = false;
      return this.#completeGathered();
    }
    if (chunked) {
      this.#chunks.reset();
      this.#stage = 'chunks';
    } else if (contentLength >= 0) {
      if (contentLength > MAX_BODY_BYTES) return this.#refuse(`its body is longer than ${MAX_BODY_BYTES} bytes`);
      this.#left = contentLength;
      this.#stage = 'length';
    } else {
      this.#keepAlive = false;
      this.#stage = 'until-close';
    }
    return null;
  }

  #pushBody(bytes: Buffer, to: number): Progress {
    switch (this.#stage) {
      case 'length':
        return this.#pushLength(bytes, to);
      case 'chunks':
        this.at = this.#chunks.push(bytes, this.at, to);
        if (this.#chunks.refused) return this.#refuse(this.#chunks.problem);
        return this.#chunks.complete ? this.#completeGathered() : 'more';
      case 'until-close':
        this.#gathered.append(bytes, this.at, to);
        this.at = to;
        if (this.#gathered.length <= MAX_BODY_BYTES) return 'more';
        return this.#refuse(`its body is longer than ${MAX_BODY_BYTES} bytes`);
      case 'head':
      case 'done':
        return 'more';
    }
  }

  #pushLength(bytes: Buffer, to: number): Progress {
    const from = this.at;
    const length = Math.min(this.#left, to - from);
    this.at = from + length;
    if (length === this.#left && this.#gathered.length === 0) return this.#complete(bytes, from, this.at);
    this.#gathered.append(bytes, from, this.at);
    this.#left -= length;
    return this.#left === 0 ? this.#completeGathered() : 'more';
  }

  #completeGathered(): Progress {
    return this.#complete(this.#gathered.bytes, 0, this.#gathered.length);
  }

  #complete(bytes: Buffer, from: number, to: number): Progress {
    this.body = bytes;
    this.bodyFrom = from;
    this.bodyTo = to;
    this.#stage = 'done';
    return 'complete';
  }

  #refuseLongHead(): Progress {
    return this.#refuse(`its head is longer than ${MAX_HEAD_BYTES} bytes`);
  }

  #refuse(problem: string): Progress {
    this.problem = problem;
    this.#stage = 'done';
    return 'refused';
  }
}
