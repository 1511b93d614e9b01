import { mix } from '../chart-style.js';

const PAPER = { light: '#ffffff', dark: '#14171b' } as const;
const TOWARDS = { light: '#000000', dark: '#ffffff' } as const;

/** WCAG 2.2, 1.4.11: what has to be seen of a graphic has this contrast at least. */
const MIN_CONTRAST = 3;

/** A gateway's colour, darker or lighter where it would not be seen on the page. @param colour `#rrggbb` */
export function readableColour(colour: string, theme: 'light' | 'dark'): string {
  for (let share = 0; share < 1; share += 0.05) {
    const candidate = mix(colour, TOWARDS[theme], share);
    if (contrast(candidate, PAPER[theme]) >= MIN_CONTRAST) return candidate;
  }
  return TOWARDS[theme];
}

/** WCAG's contrast of two colours, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
