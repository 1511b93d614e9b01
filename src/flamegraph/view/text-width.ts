/** Of Verdana at 11 px, which is wide: text that fits in it fits in what a reader has instead. */
const NARROW = /[ilIjftr.,:;'|!()[\]{}]/;
const WIDE = /[mwMW@%…]/;

/** About how wide a text is at 11 px, px: fonts can't be asked where a picture is written. */
export function textPx(text: string): number {
  let px = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    px += code > 0x2e80 ? 11.5 : NARROW.test(character) ? 4.9 : WIDE.test(character) ? 11 : 7.1;
  }
  return px;
}
