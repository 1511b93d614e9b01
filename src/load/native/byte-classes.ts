/** Bytes that matter to HTTP/1.1, by name. */
export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const COMMA = 44;
export const ZERO = 48;
export const NINE = 57;
export const COLON = 58;
export const SEMICOLON = 59;

/** `tchar` of RFC 9110, section 5.6.2: what a header's name is made of. */
export const TOKEN = members("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

/** What a header's value may hold (RFC 9110, section 5.5): no control characters but the tab. */
export const FIELD = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === TAB || (byte >= 32 && byte !== 127) ? 1 : 0,
);

/** Value of a hexadecimal digit, 255 for all other bytes. */
export const HEX = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase());
  return digit < 0 ? 255 : digit;
});

function members(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(characters, 'latin1')) table[byte] = 1;
  return table;
}
