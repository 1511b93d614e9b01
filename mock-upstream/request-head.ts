import { CR, equalsWord, IS_TARGET, IS_TOKEN, LF, SPACE } from '../common/http/bytes.js';
import {
  CLOSE,
  connectionOptions,
  HeadScanner,
  INCOMPLETE,
  KEEP_ALIVE,
  parseContentLength,
} from '../common/http/head.js';

/** A request line and headers, as far as a server needs them. */
export interface RequestHead {
  readonly kind: 'head';
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly http10: boolean;
  /** The client wants to keep the connection open. */
  readonly keepAlive: boolean;
  /** The client waits for a `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** 0 where there is no body. Meaningless where `chunked`. */
  readonly contentLength: number;
  readonly chunked: boolean;
  /** Everything else, where it was asked for: it costs what benchmarks don't pay. */
  readonly fields?: RequestFields;
}

/** What the answers of an API depend on, of a head. */
export interface RequestFields {
  /** Without the question mark. */
  readonly query: string;
  /** Names in lower case. What was sent twice has a comma between. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Why bytes are no request, or could be read as two different ones. The connection can't be used any further. */
export interface RequestFailure {
  readonly kind: 'failure';
  readonly status: 400 | 417 | 431 | 501 | 505;
  readonly message: string;
}

export function failure(message: string, status: RequestFailure['status'] = 400): RequestFailure {
  return { kind: 'failure', status, message };
}

/**
 * Parse a head (RFC 9112, 2 to 7), strictly: each line ends with CR LF, no line is folded, and a body has one length,
 * given in one way. What two servers could read as two different requests is refused.
 * @param bytes hold the head at [start, end), its last empty line included
 */
export function parseHead(bytes: Buffer, start: number, end: number): RequestHead | RequestFailure {
  let at = start;
  while (IS_TOKEN[bytes[at] ?? 0] === 1) at++;
  if (at === start || bytes[at] !== SPACE) return failure('the request line does not start with a method');
  const method = latin1(bytes, start, at);

  const targetStart = at + 1;
  let targetEnd = targetStart;
  while (IS_TARGET[bytes[targetEnd] ?? 0] === 1) targetEnd++;
  if (targetEnd === targetStart || bytes[targetEnd] !== SPACE) return failure('the request line has no proper target');

  const versionStart = targetEnd + 1;
  at = versionStart;
  while (at < end && bytes[at] !== CR && bytes[at] !== LF) at++;
  const version = latin1(bytes, versionStart, at);
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') {
    return /^HTTP\/\d\.\d$/.test(version)
      ? failure(`${version} is not supported`, 505)
      : failure('the request line does not end with a version');
  }
  const scanner = new HeadScanner();
  const http10 = version === 'HTTP/1.0';
  const headers = new Headers();
  at = scanner.lineEnd(bytes, at, end);
  while (at >= 0 && at < end - 2) {
    const nameStart = at;
    at = scanner.header(bytes, at, end);
    if (at >= 0) headers.take(bytes, nameStart, scanner);
  }
  if (at < 0) return failure(at === INCOMPLETE ? 'a line of the head has no end' : scanner.problem);
  return headers.head(method, pathOf(latin1(bytes, targetStart, targetEnd)), http10);
}

const HOST = Buffer.from('host');
const EXPECT = Buffer.from('expect');
const CONNECTION = Buffer.from('connection');
const CONTENT_LENGTH = Buffer.from('content-length');
const TRANSFER_ENCODING = Buffer.from('transfer-encoding');
const CHUNKED = Buffer.from('chunked');

/** The few headers that decide how a request is read. */
class Headers {
  #hosts = 0;
  #lengths = 0;
  #length = 0;
  #codings = 0;
  #chunked = false;
  #connection = 0;
  #expectation = '';

  /** Take the header that was scanned last. */
  take(bytes: Buffer, nameStart: number, { nameEnd, valueStart, valueEnd }: HeadScanner): void {
    // Most headers are told apart by the length of their names.
    switch (nameEnd - nameStart) {
      case HOST.length:
        if (equalsWord(bytes, nameStart, nameEnd, HOST)) this.#hosts++;
        return;
      case EXPECT.length:
        if (equalsWord(bytes, nameStart, nameEnd, EXPECT)) {
          this.#expectation += latin1(bytes, valueStart, valueEnd).toLowerCase();
        }
        return;
      case CONNECTION.length:
        if (equalsWord(bytes, nameStart, nameEnd, CONNECTION)) {
          this.#connection |= connectionOptions(bytes, valueStart, valueEnd);
        }
        return;
      case CONTENT_LENGTH.length:
        if (equalsWord(bytes, nameStart, nameEnd, CONTENT_LENGTH)) {
          this.#lengths++;
          this.#length = parseContentLength(bytes, valueStart, valueEnd);
        }
        return;
      case TRANSFER_ENCODING.length:
        if (equalsWord(bytes, nameStart, nameEnd, TRANSFER_ENCODING)) {
          this.#codings++;
          this.#chunked = equalsWord(bytes, valueStart, valueEnd, CHUNKED);
        }
        return;
    }
  }

  head(method: string, path: string, http10: boolean): RequestHead | RequestFailure {
    if (this.#hosts > 1 || (this.#hosts === 0 && !http10)) return failure('there is not exactly one Host header');
    if (this.#codings > 0 && this.#lengths > 0) {
      return failure('Content-Length and Transfer-Encoding contradict each other');
    }
    if (this.#lengths > 1) return failure('there is more than one Content-Length');
    if (Number.isNaN(this.#length)) return failure('the Content-Length is not a number of bytes');
    if (this.#codings > 1) return failure('there is more than one Transfer-Encoding');
    if (this.#codings === 1 && http10) return failure('HTTP/1.0 has no Transfer-Encoding');
    if (this.#codings === 1 && !this.#chunked) return failure('the only supported Transfer-Encoding is chunked', 501);
    const expectsContinue = !http10 && this.#expectation === '100-continue';
    if (!http10 && this.#expectation !== '' && !expectsContinue) {
      return failure('the only supported expectation is 100-continue', 417);
    }
    const close = (this.#connection & CLOSE) !== 0;
    const keepAlive = !close && (!http10 || (this.#connection & KEEP_ALIVE) !== 0);
    const chunked = this.#chunked;
    return { kind: 'head', method, path, http10, keepAlive, expectsContinue, contentLength: this.#length, chunked };
  }
}

/** A target without its query, and without the origin that clients of proxies send. */
function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/i, '');
  const query = path.indexOf('?');
  return query === -1 ? path : path.slice(0, query);
}

function latin1(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end);
}

/** As {@link parseHead}, and with all fields. */
export function parseWholeHead(bytes: Buffer, start: number, end: number): RequestHead | RequestFailure {
  const head = parseHead(bytes, start, end);
  if (head.kind === 'failure') return head;
  // Each line was checked: the first has two blanks, the others a colon.
  const [requestLine = '', ...lines] = latin1(bytes, start, end - 4).split('\r\n');
  const [, target = ''] = requestLine.split(' ');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  const mark = target.indexOf('?');
  return { ...head, fields: { query: mark === -1 ? '' : target.slice(mark + 1), headers } };
}

/** A longer head is parsed each time. */
const MAX_REMEMBERED_BYTES = 4096;

/**
 * Remembers the last head. Load generators and many gateways send the same head again and again, and comparing it is
 * cheaper than parsing it. The same bytes mean the same, so nothing is assumed.
 */
export class HeadMemo {
  readonly #bytes = Buffer.allocUnsafeSlow(MAX_REMEMBERED_BYTES);
  #length = 0;
  #head: RequestHead | null = null;

  /** @param parse reads the heads that aren't remembered */
  constructor(readonly parse: typeof parseHead = parseHead) {}

  /** @returns the head that starts at bytes[start], where it is the one remembered; it is {@link length} bytes long */
  recall(bytes: Buffer, start: number, end: number): RequestHead | null {
    const length = this.#length;
    if (length === 0 || end - start < length) return null;
    return bytes.compare(this.#bytes, 0, length, start, start + length) === 0 ? this.#head : null;
  }

  get length(): number {
    return this.#length;
  }

  remember(bytes: Buffer, start: number, end: number, head: RequestHead): void {
    if (end - start > MAX_REMEMBERED_BYTES) return;
    bytes.copy(this.#bytes, 0, start, end);
    this.#length = end - start;
    this.#head = head;
  }
}
