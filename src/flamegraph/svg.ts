import { formatDecimal, tabulateShare } from '../lib/format.js';
import { CATEGORIES, type Category } from '../model/category.js';
import { type CallNode, callTree } from '../profiles/analysis/call-tree.js';
import type { CategorisedProfile } from '../profiles/categories/categorise.js';
import { cpuUsPerRequest } from '../profiles/measures.js';
import { CATEGORY_STYLE } from '../report/profiles/category-colours.js';
import { microseconds } from './view/format-frame.js';
import { fitLabel, textPx } from './view/labels.js';

interface SvgOptions {
  /** `icicle` has the root at the top. */
  direction?: 'icicle' | 'flame';
  widthPx?: number;
  /** Frames with a smaller share aren't drawn; a note gives their sum. */
  minShare?: number;
  /** The maximum number of levels, from the root. */
  maxLevels?: number;
}

const ROW_PX = 17;
const MARGIN_PX = 12;
const HEAD_PX = 62;
const MIN_LABEL_PX = 26;
const FONT = 'Verdana, DejaVu Sans, sans-serif';

interface Box {
  node: CallNode;
  depth: number;
  /** From 0 to 1. */
  from: number;
}

/**
 * A static flame graph, for a README: no script, nothing to load, native tooltips.
 * @returns an SVG document
 */
export function flameSvg(categorised: CategorisedProfile, options: SvgOptions = {}): string {
  const { direction = 'flame', widthPx = 1200, minShare = 0.001, maxLevels = 100 } = options;
  const { frames, meta } = categorised.profile;
  const root = callTree(categorised, { minShare });
  const { boxes, dropped } = boxesOf(root, minShare, maxLevels);
  const rows = Math.max(1, ...boxes.map(({ depth }) => depth + 1));
  const categories = new Set(boxes.flatMap(({ node }) => (node.frame < 0 ? [] : [node.category])));
  const legend = legendSvg([...categories], { left: MARGIN_PX, top: HEAD_PX - 10, widthPx: widthPx - 2 * MARGIN_PX });
  const chartTop = HEAD_PX + legend.heightPx;
  const heightPx = chartTop + rows * ROW_PX + 30;
  const inner = widthPx - 2 * MARGIN_PX;
  const drawn = boxes.map(({ node, depth, from }) => {
    const row = direction === 'icicle' ? depth : rows - 1 - depth;
    const name = node.frame < 0 ? 'All stacks' : (frames[node.frame]?.name ?? '');
    return boxSvg({
      x: MARGIN_PX + from * inner,
      y: chartTop + row * ROW_PX,
      width: (node.weight / root.weight) * inner,
      colour: node.frame < 0 ? '#e3e6ea' : CATEGORY_STYLE[node.category].colour,
      name,
      title: boxTitle(name, node.category, node, root, cpuUsPerRequest(node.weight, meta)),
    });
  });
  const note =
    dropped > 0
      ? `Frames under ${tabulateShare(minShare)} of all${rows >= maxLevels ? `, and deeper than ${maxLevels} levels,` : ''} are left out, with ${tabulateShare(dropped)} of the time.`
      : 'All frames are drawn.';
  const perRequest = cpuUsPerRequest(root.weight, meta);
  const subtitle = [
    meta.tool ?? meta.profiler ?? '',
    `${formatDecimal(root.samples, 0)} samples`,
    perRequest === null ? '' : `${microseconds(perRequest)} of CPU per request`,
  ].filter((part) => part !== '');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" font-family="${FONT}" role="img" aria-label="${escapeXml(`Flame graph: ${meta.title}`)}">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${MARGIN_PX}" y="26" font-size="18" font-weight="bold" fill="#1b1f24">${escapeXml(meta.title)}</text>
<text x="${MARGIN_PX}" y="44" font-size="12" fill="#59636e">${escapeXml(subtitle.join(' · '))}</text>
${legend.svg}
<g font-size="11" fill="#14171b">
${drawn.join('\n')}
</g>
<text x="${MARGIN_PX}" y="${heightPx - 11}" font-size="11" fill="#59636e">${escapeXml(note)}</text>
</svg>
`;
}

/** Boxes that are wide enough, root first, and the share of time in frames that aren't. No recursion. */
function boxesOf(root: CallNode, minShare: number, maxLevels: number): { boxes: Box[]; dropped: number } {
  const boxes: Box[] = [];
  let dropped = 0;
  if (root.weight <= 0) return { boxes: [], dropped };
  const waiting: Box[] = [{ node: root, depth: 0, from: 0 }];
  for (let box = waiting.pop(); box !== undefined; box = waiting.pop()) {
    boxes.push(box);
    let from = box.from;
    for (const node of box.node.children) {
      const share = node.weight / root.weight;
      if (share < minShare || box.depth + 1 >= maxLevels) dropped += share;
      else waiting.push({ node, depth: box.depth + 1, from });
      from += share;
    }
  }
  return { boxes, dropped };
}

function boxTitle(
  name: string,
  category: Category,
  node: CallNode,
  root: CallNode,
  usPerRequest: number | null,
): string {
  return [
    name,
    ...(node.frame < 0 ? [] : [CATEGORY_STYLE[category].label]),
    tabulateShare(node.weight / root.weight),
    `${formatDecimal(node.samples, 0)} samples`,
    ...(usPerRequest === null ? [] : [`${microseconds(usPerRequest)} per request`]),
  ].join(', ');
}

interface DrawnBox {
  x: number;
  y: number;
  width: number;
  colour: string;
  name: string;
  title: string;
}

function boxSvg({ x, y, width, colour, name, title }: DrawnBox): string {
  const label = width < MIN_LABEL_PX ? '' : fitLabel(name, width - 6, textPx);
  const text = label === '' ? '' : `<text x="${px(x + 3)}" y="${px(y + 12)}">${escapeXml(label)}</text>`;
  return `<g><title>${escapeXml(title)}</title><rect x="${px(x)}" y="${px(y)}" width="${px(Math.max(width - 0.4, 0.2))}" height="${ROW_PX - 1}" rx="1.5" fill="${colour}"/>${text}</g>`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Escapes text for XML. Characters that XML forbids, such as lone surrogates and control characters, become �. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

/** A legend of labelled squares, on as many lines as necessary. */
function legendSvg(
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
