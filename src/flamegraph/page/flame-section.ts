import { deflateRawSync } from 'node:zlib';
import type { Frame } from '../../model/profile.js';
import { CATEGORY_LIST } from '../../report/profiles/category-colours.js';
import type { PageData } from '../view/page-data.js';
import { type Html, html, NOTHING, scriptJson } from './html.js';

/** Radio buttons side by side. */
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

/** The flame graph with its controls. The script draws into it, so without one it says so. */
export function flameSection(title: string, lead: string, switches: readonly Switch[], data: PageData): Html {
  return html`<section id="flame" aria-labelledby="flame-title">
<h2 id="flame-title">${title}</h2>
<p class="lead">${lead}</p>
<div class="toolbar">
<div class="search" role="search">
<label class="visually-hidden" for="search">Search functions, files and modules</label>
<input id="search" type="search" placeholder="Search: a name, file, module, or /expression/" autocomplete="off" spellcheck="false">
<button id="search-clear" class="button" type="button" disabled>Clear</button>
</div>
${switches.map(switchHtml)}
<button id="reset-zoom" class="button" type="button" disabled>Reset zoom</button>
</div>
<output id="search-result" for="search" aria-live="polite"></output>
<ul id="legend" aria-label="Legend"></ul>
<div id="chart" role="group" aria-label="Flame graph: arrow keys walk, Enter zooms, Escape resets"><noscript>The flame graph needs JavaScript; the tables below don’t.</noscript></div>
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
 * @param functionNames parallel to the frames, what the page's tables call them
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
