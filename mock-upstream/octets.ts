/** Bytes that HTTP's syntax names (RFC 9110, 5.6.2 and RFC 9112). */
export const CR = 0x0d;
export const LF = 0x0a;
export const SP = 0x20;
export const TAB = 0x09;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;

function table(has: (octet: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, octet) => (has(octet) ? 1 : 0));
}

/** 1 for each byte that a method or a field's name is made of. */
export const IS_TOKEN = table((octet) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(octet)));

/** 1 for each byte that a field's value is made of. */
export const IS_VALUE = table((octet) => octet === TAB || (octet >= SP && octet !== 0x7f));

/** 1 for each byte that a request's target is made of; bytes above ASCII are let through, as most servers do. */
export const IS_TARGET = table((octet) => octet > SP && octet !== 0x7f);

/** The value of a hexadecimal digit; 255 for any other byte. */
export const HEX_VALUE = Uint8Array.from({ length: 256 }, (_, octet) => {
  const digit = Number.parseInt(String.fromCharCode(octet), 16);
  return Number.isNaN(digit) ? 255 : digit;
});
