import type { Grouping } from '../../profiles/group-by.js';
import { element } from '../../report/browser/dom.js';
import type { Query } from '../view/frame-search.js';
import { FlameView, type Mode } from './flame-view.js';
import { FunctionList } from './function-list.js';
import { GraphView } from './graph-view.js';
import type { ColourBy } from './legend.js';
import { type PageProfile, readProfile } from './page.js';
import { enableSorting } from './sortable-tables.js';
import { wireTime } from './time-controls.js';

/** Connects the page's controls to the drawing. A diff across languages has only tables. */
async function start(): Promise<void> {
  enableSorting();
  const sources = [...document.querySelectorAll('script.flame-data')];
  const [first] = sources;
  if (first) await startFlame(sources, first);
  // For browser automation.
  document.documentElement.dataset.ready = 'true';
}

async function startFlame(sources: readonly Element[], first: Element): Promise<void> {
  const colour = document.querySelector<HTMLInputElement>('input[name=colour][checked]')?.value;
  const view = new FlameView(await readProfile(first), (colour ?? 'category') as ColourBy);
  wireSearch(view);
  wireSwitches(view);
  wireTime(view);
  wireProfiles(view, sources);
  wireWindow(view);
  const functions = document.querySelector('#function-list') === null ? null : new FunctionList(view);
  view.onDraw = () => {
    showControls(view);
    functions?.update();
  };
  view.draw();
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
      const which = Number(button.dataset.function);
      if (view.choices.mode === 'sandwich') view.showFunction(which);
      else {
        box.value = view.profile.model.functionName(which);
        look({ by: 'function', function: which });
      }
      element('#flame', HTMLElement).scrollIntoView({ block: 'start' });
    });
  }
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) {
      return;
    }
    event.preventDefault();
    box.focus();
  });
}

function wireSwitches(view: FlameView): void {
  element('#reset-zoom', HTMLButtonElement).addEventListener('click', () => view.reset());
  document.querySelector('#open-sandwich')?.addEventListener('click', () => view.setMode('sandwich'));
  onChoice('mode', (value) => view.setMode(value as Mode));
  onChoice('grouping', (value) => view.setGrouping(value as Grouping));
  onChoice('direction', (value) => view.setIcicle(value === 'icicle'));
  onChoice('colour', (value) => view.setColourBy(value as ColourBy));
  onChoice('widths', (value) => view.setWidthsBy(value === 'before' ? 1 : 0));
  const lane = document.querySelector('#lane');
  if (lane instanceof HTMLSelectElement) lane.addEventListener('change', () => view.setLane(lane.selectedIndex));
}

/** Listens to the radio buttons with a name, if the page has them. */
function onChoice(name: string, chosen: (value: string) => void): void {
  for (const radio of radios(name)) {
    radio.addEventListener('change', () => chosen(radio.value));
    // Browsers restore choices when a page is reloaded, but the drawing starts with the defaults.
    radio.checked = radio.defaultChecked;
  }
}

function radios(name: string): NodeListOf<HTMLInputElement> {
  return document.querySelectorAll<HTMLInputElement>(`input[type=radio][name=${name}]`);
}

/** Other profiles of the page are unpacked when they are chosen. */
function wireProfiles(view: FlameView, sources: readonly Element[]): void {
  const select = document.querySelector('#profile');
  if (!(select instanceof HTMLSelectElement)) return;
  select.selectedIndex = 0;
  const read = new Map<number, Promise<PageProfile>>([[0, Promise.resolve(view.profile)]]);
  select.addEventListener('change', async () => {
    const chosen = select.selectedIndex;
    const source = sources[chosen];
    if (!source) return;
    const reading = read.get(chosen) ?? readProfile(source);
    read.set(chosen, reading);
    const profile = await reading;
    if (select.selectedIndex !== chosen) return;
    for (const part of document.querySelectorAll<HTMLElement>('[data-profile]')) {
      part.hidden = part.dataset.profile !== String(chosen);
    }
    element('#search', HTMLInputElement).value = '';
    element('#search-result', HTMLElement).textContent = view.search(null);
    view.show(profile);
  });
}

/** Shows the controls that the view has, with what is chosen now. */
function showControls(view: FlameView): void {
  const { mode, grouping, lane } = view.choices;
  const { model, timeline } = view.profile;
  const reset = element('#reset-zoom', HTMLButtonElement);
  reset.textContent = view.view.resetLabel;
  reset.disabled = !view.view.canReset;
  if (model.page.view.kind !== 'profile') return;
  document.body.dataset.mode = mode;
  for (const lead of document.querySelectorAll<HTMLElement>('.lead[data-view]')) {
    lead.hidden = lead.dataset.view !== mode;
  }
  offer('mode', mode, (value) => value !== 'time' || timeline !== null);
  const { groupings } = model.page;
  offer('grouping', grouping, (value) => value === 'none' || groupings.some(({ by }) => by === value));
  element('#grouping', HTMLElement).hidden = groupings.length === 0 || mode === 'time';
  element('#direction', HTMLElement).hidden = mode !== 'graph';
  element('#function-panel', HTMLElement).hidden = mode !== 'sandwich';
  element('#time-controls', HTMLElement).hidden = mode !== 'time';
  const open = element('#open-sandwich', HTMLButtonElement);
  open.hidden = mode !== 'graph';
  open.disabled = !(view.view instanceof GraphView) || view.view.zoomedFunction < 0;
  if (mode === 'time') showLanes(model.page.timeline?.lanes ?? [], lane);
}

/** Shows the choices that the profile has. */
function offer(name: string, chosen: string, isOffered: (value: string) => boolean): void {
  let last: Element | null = null;
  for (const radio of radios(name)) {
    radio.checked = radio.value === chosen;
    radio.disabled = !isOffered(radio.value);
    const label = radio.closest('label');
    label?.toggleAttribute('hidden', radio.disabled);
    label?.classList.remove('last');
    if (!radio.disabled) last = label;
  }
  last?.classList.add('last');
}

function showLanes(lanes: readonly string[], chosen: number): void {
  const select = element('#lane', HTMLSelectElement);
  if (select.options.length !== lanes.length || [...select.options].some(({ text }, index) => text !== lanes[index])) {
    select.replaceChildren(...lanes.map((name) => new Option(name)));
  }
  select.selectedIndex = chosen;
  element('#lanes', HTMLElement).hidden = lanes.length < 2;
}

function wireWindow(view: FlameView): void {
  const chart = element('#chart', HTMLElement);
  let widthPx = chart.clientWidth;
  new ResizeObserver(() => {
    if (chart.clientWidth === widthPx) return;
    widthPx = chart.clientWidth;
    view.draw();
  }).observe(chart);
}

start().catch((error: unknown) => {
  element('#chart', HTMLElement).textContent =
    `Can’t draw the flame graph: ${error instanceof Error ? error.message : error}`;
});
