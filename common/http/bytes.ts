/** Bytes that HTTP/1.1's syntax names (RFC 9110 and RFC 9112). */
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const COMMA = 0x2c;
export const ZERO = 0x30;
const NINE = 0x39;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;

/** 1 for each `tchar` (RFC 9110, 5.6.2): methods and header names. */
export const IS_TOKEN = tableOf((byte) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(byte)));

/** 1 for each byte of a header's value (RFC 9110, 5.5): no control characters but the tab. */
export const IS_VALUE = tableOf((byte) => byte === TAB || (byte >= SPACE && byte !== 0x7f));

/** 1 for each byte of a request's target. Bytes above ASCII pass, as in most servers. */
export const IS_TARGET = tableOf((byte) => byte > SPACE && byte !== 0x7f);

/** The value of a hexadecimal digit; 255 for any other byte. */
export const HEX_VALUE = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? 255 : digit;
});

function tableOf(includes: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (includes(byte) ? 1 : 0));
}

/** Whether bytes[at] is a space or a tab. */
export function isBlank(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === SPACE || bytes[at] === TAB;
}

/** The value of the decimal digit at `at`; -1 for any other byte. */
export function digitAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0;
  return byte >= ZERO && byte <= NINE ? byte - ZERO : -1;
}

/**
 * Whether bytes[from, to) are a word, in any case.
 * @param word lower-case letters and `-`
 */
export function equalsWord(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from !== word.length) return false;
  for (let index = 0; index < word.length; index++) {
    // 0x20 turns a capital into its lower-case letter; of the other bytes in words, only "-" has it anyway.
    if (((bytes[from + index] ?? 0) | 0x20) !== word[index]) return false;
  }
  return true;
}
