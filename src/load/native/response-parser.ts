import { ByteStore } from './byte-store.js';
import { ChunkedBody } from './chunked-body.js';
import { AnswerHead, INCOMPLETE } from './response-head.js';

/** What bytes have come to: the answer goes on, is whole, or is none. */
export type Progress = 'more' | 'whole' | 'refused';

/** A body that no chat completion comes near. */
export const MAX_BODY_BYTES = 64 * 2 ** 20;
/** As much as nginx and Go take of a server's headers at the most, and some. */
export const MAX_HEAD_BYTES = 65_536;
/** Up to here a head that comes in pieces is read again with each, so that nonsense is told at once. */
const READ_AGAIN_BYTES = 4096;

const HEAD_END = Buffer.from('\r\n\r\n');

type Stage = 'head' | 'length' | 'chunks' | 'until-close' | 'over';

/**
 * Reads answers to requests over HTTP/1.1, one after another, from pieces that may be cut at any byte (RFC 9112).
 * A piece that holds a whole answer is read in place; only what is cut gets copied. Interim answers (1xx) are skipped.
 */
export class AnswerParser {
  readonly #head = new AnswerHead();
  readonly #headBytes = new ByteStore();
  readonly #gathered = new ByteStore();
  readonly #chunks = new ChunkedBody(this.#gathered, MAX_BODY_BYTES);
  #stage: Stage = 'head';
  /** Of a body with a length. */
  #left = 0;
  #keepAlive = true;
  /** Where the piece's part of the answer ended: what follows is not of the answer. */
  at = 0;
  /** Why bytes were refused. */
  problem = '';
  /** The whole body: `body` from `bodyFrom` up to `bodyTo`. Good until the next piece. */
  body: Buffer = this.#gathered.bytes;
  bodyFrom = 0;
  bodyTo = 0;

  get status(): number {
    return this.#head.status;
  }

  /** The next request may use the same connection, as far as this answer is concerned. */
  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  /** Forget what came: a new connection. */
  reset(): void {
    this.#stage = 'head';
    this.#headBytes.clear();
  }

  /** Read on in a piece; after a whole answer, begin the next. */
  push(bytes: Buffer, from: number, to: number): Progress {
    if (this.#stage === 'over') this.reset();
    this.at = from;
    while (this.#stage === 'head') {
      const progress = this.#pushHead(bytes, this.at, to);
      if (progress !== null) return progress;
    }
    return this.#pushBody(bytes, to);
  }

  /** The connection ended: which is the end of a body without a length. */
  end(): Progress {
    return this.#stage === 'until-close' ? this.#wholeGathered() : 'refused';
  }

  /** @returns null where a head ended and another or a body may follow */
  #pushHead(bytes: Buffer, from: number, to: number): Progress | null {
    const stored = this.#headBytes;
    if (stored.length === 0) {
      const end = this.#head.read(bytes, from, to);
      if (end >= 0) return this.#afterHead(end, to);
      if (end !== INCOMPLETE) return this.#refuse(this.#head.problem);
      stored.append(bytes, from, to);
    } else {
      const before = stored.length;
      stored.append(bytes, from, to);
      if (before < READ_AGAIN_BYTES || this.#endsIn(stored, before)) {
        const end = this.#head.read(stored.bytes, 0, stored.length);
        if (end >= 0) {
          stored.clear();
          return this.#afterHead(from + end - before, to);
        }
        if (end !== INCOMPLETE) return this.#refuse(this.#head.problem);
      }
    }
    return stored.length > MAX_HEAD_BYTES ? this.#refuse(`its head is longer than ${MAX_HEAD_BYTES} bytes`) : 'more';
  }

  /** The head's empty line is in what came last, or where that was joined on. */
  #endsIn(stored: ByteStore, before: number): boolean {
    const at = stored.bytes.indexOf(HEAD_END, Math.max(0, before - HEAD_END.length + 1));
    return at >= 0 && at + HEAD_END.length <= stored.length;
  }

  #afterHead(at: number, to: number): Progress | null {
    this.at = at;
    const { status, keepAlive, contentLength, chunked } = this.#head;
    if (status >= 100 && status < 200 && status !== 101) return at === to ? 'more' : null;
    this.#keepAlive = keepAlive;
    this.#gathered.clear();
    if (status === 101 || status === 204 || status === 304) {
      // 101: whatever follows is no HTTP, and nobody asked for it.
      if (status === 101) this.#keepAlive = false;
      return this.#wholeGathered();
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
        return this.#chunks.whole ? this.#wholeGathered() : 'more';
      case 'until-close':
        this.#gathered.append(bytes, this.at, to);
        this.at = to;
        if (this.#gathered.length <= MAX_BODY_BYTES) return 'more';
        return this.#refuse(`its body is longer than ${MAX_BODY_BYTES} bytes`);
      case 'head':
      case 'over':
        return 'more';
    }
  }

  #pushLength(bytes: Buffer, to: number): Progress {
    const from = this.at;
    const length = Math.min(this.#left, to - from);
    this.at = from + length;
    if (length === this.#left && this.#gathered.length === 0) return this.#whole(bytes, from, this.at);
    this.#gathered.append(bytes, from, this.at);
    this.#left -= length;
    return this.#left === 0 ? this.#wholeGathered() : 'more';
  }

  #wholeGathered(): Progress {
    return this.#whole(this.#gathered.bytes, 0, this.#gathered.length);
  }

  #whole(bytes: Buffer, from: number, to: number): Progress {
    this.body = bytes;
    this.bodyFrom = from;
    this.bodyTo = to;
    this.#stage = 'over';
    return 'whole';
  }

  #refuse(problem: string): Progress {
    this.problem = problem;
    this.#stage = 'over';
    return 'refused';
  }
}
