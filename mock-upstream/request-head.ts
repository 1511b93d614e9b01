import { COLON, CR, IS_TARGET, IS_TOKEN, IS_VALUE, LF, SP, TAB } from './octets.js';

/** A request's line and fields, as far as a server needs them. */
export interface RequestHead {
  readonly kind: 'head';
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly http10: boolean;
  /** Whether the client wants to go on using the connection. */
  readonly keepAlive: boolean;
  /** The client waits for a `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** 0 where there is no body. Of no meaning where `chunked`. */
  readonly contentLength: number;
  readonly chunked: boolean;
}

/** What can't be understood, or could be understood in two ways. The connection can't be used any further. */
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
 * given in one way. Where two servers could see two different requests, it is none.
 * @param bytes hold the head at [start, end), its last empty line included
 */
export function parseHead(bytes: Buffer, start: number, end: number): RequestHead | RequestFailure {
  let at = start;
  while (IS_TOKEN[bytes[at] ?? 0] === 1) at++;
  if (at === start || bytes[at] !== SP) return failure('the request line does not start with a method');
  const method = latin1(bytes, start, at);

  const targetStart = at + 1;
  let targetEnd = targetStart;
  while (IS_TARGET[bytes[targetEnd] ?? 0] === 1) targetEnd++;
  if (targetEnd === targetStart || bytes[targetEnd] !== SP) return failure('the request line has no proper target');

  const versionStart = targetEnd + 1;
  at = versionStart;
  while (at < end && bytes[at] !== CR && bytes[at] !== LF) at++;
  const version = latin1(bytes, versionStart, at);
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') {
    return /^HTTP\/\d\.\d$/.test(version)
      ? failure(`${version} is not spoken here`, 505)
      : failure('the request line does not end with a version');
  }
  if (bytes[at] !== CR || bytes[at + 1] !== LF) return failure('a line does not end with CR LF');
  at += 2;

  const http10 = version === 'HTTP/1.0';
  const fields = new Fields();
  while (at < end - 2) {
    const nameStart = at;
    while (IS_TOKEN[bytes[at] ?? 0] === 1) at++;
    if (at === nameStart || bytes[at] !== COLON) {
      const folded = at === nameStart && (bytes[at] === SP || bytes[at] === TAB);
      return failure(folded ? 'a header is folded over two lines' : 'a header has no proper name');
    }
    const nameEnd = at++;
    while (bytes[at] === SP || bytes[at] === TAB) at++;
    const valueStart = at;
    while (IS_VALUE[bytes[at] ?? 0] === 1) at++;
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return failure('a header has a control character in its value');
    let valueEnd = at;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === TAB)) valueEnd--;
    at += 2;
    fields.take(bytes, nameStart, nameEnd, valueStart, valueEnd);
  }
  return fields.head(method, pathOf(latin1(bytes, targetStart, targetEnd)), http10);
}

/** The few fields that decide how a request is read. */
class Fields {
  #hosts = 0;
  #lengths = 0;
  #length = 0;
  #codings = 0;
  #chunked = false;
  #close = false;
  #keepAlive = false;
  #expectation = '';

  take(bytes: Buffer, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    // Most fields are told apart by the length of their names; only then is it worth making strings.
    switch (nameEnd - nameStart) {
      case 4:
        if (lower(bytes, nameStart, nameEnd) === 'host') this.#hosts++;
        return;
      case 6:
        if (lower(bytes, nameStart, nameEnd) === 'expect') this.#expectation += lower(bytes, valueStart, valueEnd);
        return;
      case 10:
        if (lower(bytes, nameStart, nameEnd) === 'connection') this.#takeConnection(lower(bytes, valueStart, valueEnd));
        return;
      case 14:
        if (lower(bytes, nameStart, nameEnd) === 'content-length') {
          this.#lengths++;
          this.#length = wholeNumber(bytes, valueStart, valueEnd);
        }
        return;
      case 17:
        if (lower(bytes, nameStart, nameEnd) === 'transfer-encoding') {
          this.#codings++;
          this.#chunked = lower(bytes, valueStart, valueEnd) === 'chunked';
        }
        return;
    }
  }

  head(method: string, path: string, http10: boolean): RequestHead | RequestFailure {
    if (this.#hosts > 1 || (this.#hosts === 0 && !http10)) return failure('there is not exactly one Host header');
    if (this.#codings > 0 && this.#lengths > 0)
      return failure('Content-Length and Transfer-Encoding contradict each other');
    if (this.#lengths > 1) return failure('there is more than one Content-Length');
    if (Number.isNaN(this.#length)) return failure('the Content-Length is not a number of bytes');
    if (this.#codings > 1) return failure('there is more than one Transfer-Encoding');
    if (this.#codings === 1 && http10) return failure('HTTP/1.0 has no Transfer-Encoding');
    if (this.#codings === 1 && !this.#chunked) return failure('the only Transfer-Encoding known here is chunked', 501);
    const expectsContinue = !http10 && this.#expectation === '100-continue';
    if (!http10 && this.#expectation !== '' && !expectsContinue) return failure('that can not be expected', 417);
    const keepAlive = !this.#close && (!http10 || this.#keepAlive);
    const chunked = this.#chunked;
    return { kind: 'head', method, path, http10, keepAlive, expectsContinue, contentLength: this.#length, chunked };
  }

  #takeConnection(value: string): void {
    for (const option of value.split(',')) {
      const name = option.trim();
      if (name === 'close') this.#close = true;
      else if (name === 'keep-alive') this.#keepAlive = true;
    }
  }
}

/** A target without its query, and without the origin that a proxy's client puts before the path. */
function pathOf(target: string): string {
  const absolute = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/i, '');
  const query = absolute.indexOf('?');
  return query === -1 ? absolute : absolute.slice(0, query);
}

/** NaN for anything but digits, and for more bytes than a number can count. */
function wholeNumber(bytes: Buffer, start: number, end: number): number {
  if (start === end || end - start > 15) return Number.NaN;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function latin1(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end);
}

function lower(bytes: Buffer, start: number, end: number): string {
  return latin1(bytes, start, end).toLowerCase();
}
