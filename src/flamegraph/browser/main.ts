import type { Query } from '../view/frame-search.js';
import { element } from './elements.js';
import { FlameView } from './flame-view.js';
import type { ColourBy } from './frame-colours.js';
import { readPageModel } from './page-model.js';
import { enableSorting } from './tables.js';

/** Wires the page's controls to the flame graph. A differential across languages has tables only. */
async function start(): Promise<void> {
  for (const table of document.querySelectorAll('table.sortable')) {
    if (table instanceof HTMLTableElement) enableSorting(table);
  }
  const source = document.querySelector('#flame-data');
  if (source !== null) await startFlame(source);
  // For whoever drives the page by a program.
  document.documentElement.dataset.ready = 'true';
}

async function startFlame(source: Element): Promise<void> {
  const view = new FlameView(await readPageModel(source));
  view.draw();
  wireSearch(view);
  wireSwitches(view);
  wireWindow(view);
}

function wireSearch(view: FlameView): void {
  const box = element('#search', HTMLInputElement);
  const result = element('#search-result', HTMLElement);
  const clear = element('#search-clear', HTMLButtonElement);
  const look = (query: Query | null): void => {
    result.textContent = view.search(query);
    clear.disabled = query === null;
  };
  view.onQuery = (label) => {
    box.value = label;
    clear.disabled = false;
  };
  box.addEventListener('input', () => look(box.value.trim() === '' ? null : { by: 'text', text: box.value.trim() }));
  clear.addEventListener('click', () => {
    box.value = '';
    look(null);
    box.focus();
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-function]')) {
    button.addEventListener('click', () => {
      const name = button.dataset.function ?? '';
      box.value = name;
      look({ by: 'function', name });
      element('#flame', HTMLElement).scrollIntoView({ block: 'start' });
    });
  }
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    box.focus();
  });
}

function wireSwitches(view: FlameView): void {
  element('#reset-zoom', HTMLButtonElement).addEventListener('click', () => view.zoom(0));
  onChoice('direction', (value) => view.setIcicle(value === 'icicle'));
  onChoice('colour', (value) => view.setColourBy(value as ColourBy));
  onChoice('widths', (value) => view.setWidthsBy(value === 'before' ? 1 : 0));
}

/** Radio buttons of a name; the page has only those that make sense on it. */
function onChoice(name: string, chosen: (value: string) => void): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>(`input[type=radio][name=${name}]`)) {
    radio.addEventListener('change', () => chosen(radio.value));
    // A browser keeps what was chosen when a page is loaded again; the drawing starts anew.
    radio.checked = radio.defaultChecked;
  }
}

function wireWindow(view: FlameView): void {
  const chart = element('#chart', HTMLElement);
  let widthPx = chart.clientWidth;
  chart.addEventListener('mousemove', (event) => view.movePointer(event));
  addEventListener('resize', () => {
    if (chart.clientWidth === widthPx) return;
    widthPx = chart.clientWidth;
    view.draw();
  });
}

start().catch((error: unknown) => {
  element('#chart', HTMLElement).textContent =
    `The flame graph can’t be drawn: ${error instanceof Error ? error.message : error}`;
});
