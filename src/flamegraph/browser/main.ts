import type { Query } from '../view/frame-search.js';
import { FlameView } from './flame-view.js';
import type { ColourBy } from './legend.js';
import { element, readPageModel } from './page.js';

/** Connects the page's controls to the flame graph. A diff across languages has only tables. */
async function start(): Promise<void> {
  for (const table of document.querySelectorAll('table.sortable')) {
    if (table instanceof HTMLTableElement) enableSorting(table);
  }
  const source = document.querySelector('#flame-data');
  if (source !== null) await startFlame(source);
  // For browser automation.
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

/** Listens to the radio buttons with a name, if the page has them. */
function onChoice(name: string, chosen: (value: string) => void): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>(`input[type=radio][name=${name}]`)) {
    radio.addEventListener('change', () => chosen(radio.value));
    // Browsers restore choices when a page is reloaded, but the drawing starts with the defaults.
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
    `Can’t draw the flame graph: ${error instanceof Error ? error.message : error}`;
});

/** Makes a table sortable by clicks on column headings. Cells have their value in `data-value`. */
function enableSorting(table: HTMLTableElement): void {
  const body = table.tBodies[0];
  const headings = [...table.querySelectorAll('thead th')];
  for (const [column, heading] of headings.entries()) {
    heading.querySelector('button')?.addEventListener('click', () => {
      const descending = heading.getAttribute('aria-sort') !== 'descending';
      for (const other of headings) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      const rows = [...(body?.rows ?? [])].sort((a, b) => compare(cellValue(a, column), cellValue(b, column)));
      body?.append(...(descending ? rows.reverse() : rows));
    });
  }
}

function cellValue(row: HTMLTableRowElement, column: number): string {
  const cell = row.cells[column];
  return cell?.dataset.value ?? cell?.textContent ?? '';
}

/** Compares numbers as numbers, everything else as text. */
function compare(a: string, b: string): number {
  const [first, second] = [Number(a), Number(b)];
  return Number.isNaN(first) || Number.isNaN(second) ? a.localeCompare(b, 'en') : first - second;
}
