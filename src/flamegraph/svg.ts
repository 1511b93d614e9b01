import type { Category } from '../model/category.js';
import { type CallNode, callTree } from '../profiles/analysis/call-tree.js';
import { cpuUsPerRequest } from '../profiles/analysis/per-request.js';
import type { CategorisedProfile } from '../profiles/categories/categorised-profile.js';
import { decimal, percent } from '../report/format.js';
import { CATEGORY_STYLE } from '../report/profiles/category-colours.js';
import { escapeXml, legendSvg } from './svg-parts.js';
import { microseconds } from './view/format-frame.js';
import { shortName } from './view/short-name.js';
import { textPx } from './view/text-width.js';

export interface SvgOptions {
  /** `icicle`: the root at the top. */
  direction?: 'icicle' | 'flame';
  widthPx?: number;
  /** Frames with less than this share of all aren't drawn; what they are in sum is noted. */
  minShare?: number;
  /** At most so many levels, the outermost. */
  maxLevels?: number;
}

const ROW_PX = 17;
const MARGIN_PX = 12;
const HEAD_PX = 62;
const FONT = 'Verdana, DejaVu Sans, sans-serif';

interface Box {
  node: CallNode;
  depth: number;
  /** From 0 to 1. */
  from: number;
}

/**
 * A flame graph as a picture, for a README: no script, nothing loaded, tooltips by the browser itself.
 * @returns an SVG document
 */
export function flameSvg(categorised: CategorisedProfile, options: SvgOptions = {}): string {
  const { direction = 'flame', widthPx = 1200, minShare = 0.001, maxLevels = 100 } = options;
  const { frames, meta } = categorised.profile;
  const root = callTree(categorised);
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
      ? `Frames under ${percent(minShare)} of all${rows >= maxLevels ? `, and deeper than ${maxLevels} levels,` : ''} are left out: ${percent(dropped)} of the time is in them alone.`
      : 'Every frame is drawn.';
  const perRequest = cpuUsPerRequest(root.weight, meta);
  const subtitle = [
    meta.tool ?? meta.profiler ?? '',
    `${decimal(root.samples, 0)} samples`,
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

/** What is wide enough, root first, without recursion; and the share of time that is only in what isn't. */
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
    percent(node.weight / root.weight),
    `${decimal(node.samples, 0)} samples`,
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
  const label = fitted(name, width - 6);
  const text = label === '' ? '' : `<text x="${px(x + 3)}" y="${px(y + 12)}">${escapeXml(label)}</text>`;
  return `<g><title>${escapeXml(title)}</title><rect x="${px(x)}" y="${px(y)}" width="${px(Math.max(width - 0.4, 0.2))}" height="${ROW_PX - 1}" rx="1.5" fill="${colour}"/>${text}</g>`;
}

/** As much of the name as has room; nothing where that says nothing. */
function fitted(fullName: string, widthPx: number): string {
  if (widthPx < 20) return '';
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

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
