import { type Html, html, NOTHING, scriptJson } from '../../lib/html.js';
import type { PageData } from '../view/page-data.js';

/** A group of radio buttons. */
export interface Switch {
  name: string;
  label: string;
  options: { value: string; label: string; title?: string }[];
  /** Which is chosen at first; the first one if not given. */
  chosen?: string;
}

export const DIRECTION: Switch = {
  name: 'direction',
  label: 'Draw',
  options: [
    { value: 'icicle', label: 'icicle' },
    { value: 'flame', label: 'flame' },
  ],
};

const MODE: Switch = {
  name: 'mode',
  label: 'View',
  options: [
    { value: 'graph', label: 'Flame graph', title: 'Merged stacks, the heaviest first' },
    { value: 'sandwich', label: 'Sandwich', title: 'All that calls one function, and all that it calls' },
    { value: 'time', label: 'Time order', title: 'What a thread ran when' },
  ],
};

const GROUPING: Switch = {
  name: 'grouping',
  label: 'Group by',
  options: [
    { value: 'none', label: 'none' },
    { value: 'comm', label: 'program', title: 'The name of the program or thread (comm)' },
    { value: 'pid', label: 'process', title: 'Process ID (pid)' },
    { value: 'tid', label: 'thread', title: 'Thread ID (tid)' },
  ],
};

interface FlameSection {
  title: string;
  /** What each view shows. */
  leads: Partial<Record<'graph' | 'sandwich' | 'time', string>>;
  /** Beside the search, for all views. */
  switches: readonly Switch[];
  /** One for each profile, the one shown first before the others. */
  profiles: readonly PageData[];
}

/** The drawing's container and controls. The page's script draws into it. */
export function flameSection({ title, leads, switches, profiles }: FlameSection): Html {
  const views = profiles.some(({ view }) => view.kind === 'profile');
  return html`<section id="flame" aria-labelledby="flame-title">
<h2 id="flame-title" class="visually-hidden">${title}</h2>
${views ? html`<div class="toolbar">${switchHtml(MODE)}${switchHtml(GROUPING)}</div>` : NOTHING}
<div class="toolbar">
<div class="search" role="search">
<label class="visually-hidden" for="search">Search functions, files and modules</label>
<input id="search" type="search" placeholder="Search: name, file, module, or /regex/" autocomplete="off" spellcheck="false">
<button id="search-clear" class="button" type="button" disabled>Clear</button>
</div>
${switches.map(switchHtml)}
${views ? html`<button id="open-sandwich" class="button" type="button" disabled title="Of the zoomed frame; key s on any frame">Callers and callees</button>` : NOTHING}
<button id="reset-zoom" class="button" type="button" disabled>Reset zoom</button>
</div>
${views ? TIME_CONTROLS : NOTHING}
${Object.entries(leads).map(([view, lead], index) => html`<p class="lead" data-view="${view}"${index === 0 ? NOTHING : html` hidden`}>${lead}</p>`)}
<output id="search-result" for="search" aria-live="polite"></output>
<ul id="legend" aria-label="Legend"></ul>
<div class="stage">
${views ? FUNCTION_PANEL : NOTHING}
<div id="chart" role="group" aria-label="${title}: arrow keys move, Enter zooms, Escape resets"><noscript>The flame graph needs JavaScript; the tables below don’t.</noscript></div>
</div>
<div id="marked-time" hidden></div>
<p id="chart-note" class="note" aria-live="polite"></p>
${profiles.map((data) => html`<script type="application/json" class="flame-data">${scriptJson(data)}</script>`)}
</section>`;
}

const FUNCTION_PANEL = html`<div id="function-panel" hidden>
<label>Functions by <select id="function-order"><option value="total">total</option><option value="self">self</option></select></label>
<div id="function-list" role="listbox" tabindex="0" aria-label="Function between its callers and callees"></div>
</div>`;

const TIME_CONTROLS = html`<div id="time-controls" class="toolbar" hidden>
<label id="lanes">Thread <select id="lane"></select></label>
<span class="buttons"><button class="button" type="button" data-time="earlier" title="Earlier: key [">◀<span class="visually-hidden"> earlier</span></button>
<button class="button" type="button" data-time="later" title="Later: key ]">▶<span class="visually-hidden"> later</span></button>
<button class="button" type="button" data-time="in" title="Zoom in: key +">+<span class="visually-hidden"> zoom in</span></button>
<button class="button" type="button" data-time="out" title="Zoom out: key −">−<span class="visually-hidden"> zoom out</span></button></span>
</div>`;

function switchHtml({ name, label, options, chosen }: Switch): Html {
  const radios = options.map(({ value, label: word, title }, index) => {
    const checked = chosen === undefined ? index === 0 : value === chosen;
    const last = index === options.length - 1 ? html` class="last"` : NOTHING;
    return html`<label${last}${title === undefined ? NOTHING : html` title="${title}"`}><input type="radio" name="${name}" value="${value}"${checked ? html` checked` : NOTHING}><span>${word}</span></label>`;
  });
  return html`<fieldset id="${name}" class="switch"><legend>${label}</legend>${radios}</fieldset>`;
}
