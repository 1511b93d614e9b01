import { CATEGORIES, type Category } from '../model/category.js';
import { CATEGORY_STYLE } from '../report/profiles/category-colours.js';
import { textPx } from './view/text-width.js';

/** Text for XML: what isn't allowed in it at all, such as a lone surrogate or a control character, becomes �. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

/** Squares with words, in as many lines as they need. */
export function legendSvg(
  categories: readonly Category[],
  place: { left: number; top: number; widthPx: number },
): { svg: string; heightPx: number } {
  const LINE_PX = 18;
  let x = 0;
  let y = 0;
  const entries = CATEGORIES.filter((category) => categories.includes(category)).map((category) => {
    const { label, colour } = CATEGORY_STYLE[category];
    const widthPx = 18 + textPx(label) + 14;
    if (x > 0 && x + widthPx > place.widthPx) {
      x = 0;
      y += LINE_PX;
    }
    const [left, top] = [place.left + x, place.top + y];
    x += widthPx;
    return `<rect x="${left}" y="${top}" width="12" height="12" rx="2.5" fill="${colour}"/><text x="${left + 17}" y="${top + 10}">${escapeXml(label)}</text>`;
  });
  return { svg: `<g font-size="11" fill="#1b1f24">\n${entries.join('\n')}\n</g>`, heightPx: y + LINE_PX };
}
