/**
 * Shortens a function's name that doesn't fit, by what it shares with frames around it:
 * `github.com/go-chi/chi/v5.(*Mux).ServeHTTP` becomes `v5.(*Mux).ServeHTTP`, and
 * `v8::internal::Scavenger::Process(v8::JobDelegate*)` becomes `Scavenger::Process`, and `io.netty.util.Timer.run`
 * `Timer.run`.
 * @param textPx measures the width of a text
 */
export function shortName(name: string, widthPx: number, textPx: (text: string) => number): string {
  if (textPx(name) <= widthPx) return name;
  return withoutPath(name);
}

/** As much of the name as fits; nothing if that is less than three characters. */
export function fitLabel(fullName: string, widthPx: number, textPx: (text: string) => number): string {
  const name = shortName(fullName, widthPx, textPx);
  if (textPx(name) <= widthPx) return name;
  let length = 0;
  let used = textPx('…');
  const characters = [...name];
  while (length < characters.length && used + textPx(characters[length] ?? '') <= widthPx) {
    used += textPx(characters[length] ?? '');
    length++;
  }
  return length < 3 ? '' : `${characters.slice(0, length).join('')}…`;
}

function withoutPath(name: string): string {
  const bare = name.replace(/^non-virtual thunk to /, '');
  const javaClass = /^(?:L?(?:[a-z_][\w$]*\/){2,}|(?:[a-z_][\w$]*\.){2,})([A-Z$].*)$/s.exec(bare)?.[1];
  if (javaClass !== undefined) return javaClass;
  if (bare.includes('::')) {
    const parts = bare
      .replaceAll('(anonymous namespace)', '{}')
      .replace(/[<(].*$/s, '')
      .split('::')
      .filter((part) => part !== '' && part !== '{}');
    if (parts.length > 0) return parts.slice(-2).join('::');
  }
  const path = /^[\w.~-]+(?:\/[\w.~-]+)*\/(.+)$/s.exec(bare);
  return path?.[1] ?? bare;
}

/** Of Verdana, a wide font: text that fits in Verdana also fits in a fallback font. */
const NARROW = /[ilIjftr.,:;'|!()[\]{}]/;
const WIDE = /[mwMW@%…]/;

/** The approximate width of a text at 11 px: there are no fonts to measure when an SVG is written. */
export function textPx(text: string): number {
  let px = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    px += code > 0x2e80 ? 11.5 : NARROW.test(character) ? 4.9 : WIDE.test(character) ? 11 : 7.1;
  }
  return px;
}
