import { deflateRawSync } from 'node:zlib';
import { CATEGORIES, type Category } from '../../model/category.js';
import type { Frame } from '../../model/profile.js';
import { CATEGORY_LIST } from '../../report/profiles/category-colours.js';
import { type PageData, packColumns } from '../view/page-data.js';
import { type Html, html, NOTHING, scriptJson } from './html.js';

/** A group of radio buttons. */
export interface Switch {
  name: string;
  label: string;
  options: { value: string; label: string }[];
}

export const DIRECTION: Switch = {
  name: 'direction',
  label: 'Draw',
  options: [
    { value: 'icicle', label: 'icicle' },
    { value: 'flame', label: 'flame' },
  ],
};

/** The flame graph's container and controls. The page's script draws into it. */
export function flameSection(title: string, lead: string, switches: readonly Switch[], data: PageData): Html {
  return html`<section id="flame" aria-labelledby="flame-title">
<h2 id="flame-title">${title}</h2>
<p class="lead">${lead}</p>
<div class="toolbar">
<div class="search" role="search">
<label class="visually-hidden" for="search">Search functions, files and modules</label>
<input id="search" type="search" placeholder="Search: name, file, module, or /regex/" autocomplete="off" spellcheck="false">
<button id="search-clear" class="button" type="button" disabled>Clear</button>
</div>
${switches.map(switchHtml)}
<button id="reset-zoom" class="button" type="button" disabled>Reset zoom</button>
</div>
<output id="search-result" for="search" aria-live="polite"></output>
<ul id="legend" aria-label="Legend"></ul>
<div id="chart" role="group" aria-label="Flame graph: arrow keys move, Enter zooms, Escape resets"><noscript>The flame graph needs JavaScript; the tables below don’t.</noscript></div>
<p id="chart-note" class="note" aria-live="polite"></p>
<script type="application/json" id="flame-data">${scriptJson(data)}</script>
</section>`;
}

function switchHtml({ name, label, options }: Switch): Html {
  const radios = options.map(
    ({ value, label: word }, index) =>
      html`<label><input type="radio" name="${name}" value="${value}"${index === 0 ? html` checked` : NOTHING}><span>${word}</span></label>`,
  );
  return html`<fieldset class="switch"><legend>${label}</legend>${radios}</fieldset>`;
}

/**
 * @param functionNames parallel to the frames: their names in the page's tables
 * @param packed a tree's columns, see {@link PageData.columns}
 */
export function pageData(
  frames: readonly Frame[],
  functionNames: readonly string[],
  packed: { nodes: number; bytes: Uint8Array },
  view: PageData['view'],
): PageData {
  const strings = new Map<string, number>();
  const intern = (text: string | null): number => {
    if (text === null || text === '') return -1;
    const index = strings.get(text) ?? strings.size;
    strings.set(text, index);
    return index;
  };
  const fields = frames.flatMap(({ name, file, module, line }, index) => [
    intern(name),
    intern(functionNames[index] ?? name),
    intern(file),
    intern(module),
    Math.max(0, line ?? 0),
  ]);
  return {
    strings: [...strings.keys()],
    frames: fields,
    frameKinds: frames.map(({ kind }) => kind),
    categories: CATEGORY_LIST,
    nodes: packed.nodes,
    columns: deflateRawSync(packed.bytes).toString('base64'),
    view,
  };
}

/** A node of any call tree, with what a page needs: see `PageData.columns`. */
interface PackableNode<Node> {
  frame: number;
  category: Category;
  /** Non-negative integers. */
  self: [number, number];
  children: readonly Node[];
}

/**
 * Packs a tree into columns, in preorder.
 * @param read reads a node; the order of children is kept
 */
export function packTree<Node>(
  root: Node,
  read: (node: Node) => PackableNode<Node>,
): { nodes: number; bytes: Uint8Array } {
  const frames: number[] = [];
  const categories: number[] = [];
  const rises: number[] = [];
  const first: number[] = [];
  const second: number[] = [];
  // No recursion: stacks may be deeper than JavaScript's.
  const waiting: { node: Node; depth: number }[] = [{ node: root, depth: 0 }];
  let previousDepth = -1;
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const { frame, category, self, children } = read(entry.node);
    frames.push(frame + 1);
    categories.push(CATEGORIES.indexOf(category));
    rises.push(previousDepth + 1 - entry.depth);
    first.push(self[0]);
    second.push(self[1]);
    previousDepth = entry.depth;
    for (let index = children.length - 1; index >= 0; index--) {
      const child = children[index];
      if (child !== undefined) waiting.push({ node: child, depth: entry.depth + 1 });
    }
  }
  return { nodes: frames.length, bytes: packColumns([frames, categories, rises, first, second]) };
}
