import { COLON, COMMA, CR, digitAt, equalsWord, IS_TOKEN, IS_VALUE, isBlank, LF, SPACE, TAB } from './bytes.js';

/** The bytes end before the line does. */
export const INCOMPLETE = -1;
/** The bytes are not HTTP/1.1; `problem` says why. */
export const REFUSED = -2;

/**
 * Scans the lines of a head in place (RFC 9112, 2 to 5), strictly: each line ends with CR LF and none is folded.
 * Requests and responses differ in their first line only.
 */
export class HeadScanner {
  /** The header that was scanned last: its name ends at `nameEnd`, and its value, without blanks around it, lies at [valueStart, valueEnd). */
  nameEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  /** Why bytes were refused. */
  problem = '';

  /**
   * Scan the header at `from`.
   * @returns the offset behind its line, or {@link INCOMPLETE} or {@link REFUSED}
   */
  header(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && IS_TOKEN[bytes[at] ?? 0] === 1) at++;
    if (at === to) return INCOMPLETE;
    if (at === from && isBlank(bytes, at)) return this.refuse('a header is folded over two lines');
    if (at === from || bytes[at] !== COLON) return this.refuse('a header does not begin with a name and a colon');
    this.nameEnd = at++;
    while (at < to && isBlank(bytes, at)) at++;
    this.valueStart = at;
    while (at < to && IS_VALUE[bytes[at] ?? 0] === 1) at++;
    let end = at;
    while (end > this.valueStart && (bytes[end - 1] === SPACE || bytes[end - 1] === TAB)) end--;
    this.valueEnd = end;
    return this.lineEnd(bytes, at, to);
  }

  /**
   * Scan the CR LF at `at`.
   * @returns the offset behind it, or {@link INCOMPLETE} or {@link REFUSED}
   */
  lineEnd(bytes: Uint8Array, at: number, to: number): number {
    if (at === to) return INCOMPLETE;
    if (bytes[at] !== CR) return this.refuse('a line of the head has a control character in it or ends without CR');
    if (at + 1 === to) return INCOMPLETE;
    return bytes[at + 1] === LF ? at + 2 : this.refuse('a CR in the head is not followed by LF');
  }

  refuse(problem: string): typeof REFUSED {
    this.problem = problem;
    return REFUSED;
  }
}

/** Beyond 15 digits a length is no exact number. */
const MAX_LENGTH_DIGITS = 15;

/** The value of a Content-Length; NaN where it is not a number of bytes. */
export function parseContentLength(bytes: Uint8Array, from: number, to: number): number {
  if (from === to || to - from > MAX_LENGTH_DIGITS) return Number.NaN;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = digitAt(bytes, at);
    if (digit < 0) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Bits of {@link connectionOptions}. */
export const CLOSE = 1;
export const KEEP_ALIVE = 2;

const CLOSE_WORD = Buffer.from('close');
const KEEP_ALIVE_WORD = Buffer.from('keep-alive');

/** {@link CLOSE} and {@link KEEP_ALIVE}, each where the value of a Connection header lists it. */
export function connectionOptions(bytes: Uint8Array, from: number, to: number): number {
  let options = 0;
  let at = from;
  while (at < to) {
    let comma = at;
    while (comma < to && bytes[comma] !== COMMA) comma++;
    while (at < comma && isBlank(bytes, at)) at++;
    let end = comma;
    while (end > at && isBlank(bytes, end - 1)) end--;
    if (equalsWord(bytes, at, end, CLOSE_WORD)) options |= CLOSE;
    else if (equalsWord(bytes, at, end, KEEP_ALIVE_WORD)) options |= KEEP_ALIVE;
    at = comma + 1;
  }
  return options;
}
