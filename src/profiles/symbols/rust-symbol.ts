/** The hash that Rust's legacy mangling ends every name with. */
const HASH = /::h[0-9a-f]{16}$/;

const ESCAPES: Readonly<Record<string, string>> = {
  SP: '@',
  BP: '*',
  RF: '&',
  LT: '<',
  GT: '>',
  LP: '(',
  RP: ')',
  C: ',',
};

/**
 * A name of Rust's legacy mangling that was read as C++, as perf and c++filt do: `a::b::_$u7b$$u7b$closure$u7d$$u7d$::h1f…`
 * is `a::b::{{closure}}`. Null for any other name. The escapes are those of
 * https://doc.rust-lang.org/rustc/symbol-mangling/legacy.html.
 */
export function rustLegacyName(symbol: string): string | null {
  if (!HASH.test(symbol)) return null;
  return symbol.replace(HASH, '').split('::').map(readElement).join('::');
}

function readElement(element: string): string {
  if (!/[$.]/.test(element)) return element;
  // No identifier may begin with an escape: an underscore is put before it.
  const plain = element.replace(/^_(?=\$)/, '');
  return plain
    .replace(/\$(?:u([0-9a-f]{1,6})|(SP|BP|RF|LT|GT|LP|RP|C))\$/g, (whole, code?: string, name?: string) =>
      code === undefined ? (ESCAPES[name ?? ''] ?? whole) : character(Number.parseInt(code, 16), whole),
    )
    .replaceAll('..', '::');
}

function character(codePoint: number, otherwise: string): string {
  const isText = codePoint >= 0x20 && codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
  return isText ? String.fromCodePoint(codePoint) : otherwise;
}
