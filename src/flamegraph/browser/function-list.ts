import { tabulateShare } from '../../lib/format.js';
import { element, textElement } from '../../report/browser/dom.js';
import { matchingFunctions } from '../view/frame-search.js';
import { shortName, textPx } from '../view/labels.js';
import { at } from '../view/tree-model.js';
import type { FlameView } from './flame-view.js';
import { SandwichView } from './sandwich-view.js';

/** More can't be read; a search finds the rest. */
const MAX_FUNCTIONS = 300;

/** The list from which a function is put between its callers and callees: a listbox, walked through with arrow keys. */
export class FunctionList {
  readonly #view: FlameView;
  readonly #list = element('#function-list', HTMLElement);
  readonly #order = element('#function-order', HTMLSelectElement);
  /** What the list was made for, to not make it again for each drawing. */
  #made: unknown[] = [];
  #options = new Map<number, HTMLElement>();

  constructor(view: FlameView) {
    this.#view = view;
    this.#order.addEventListener('change', () => this.update());
    this.#list.addEventListener('click', ({ target }) => {
      const option = target instanceof Element ? target.closest('[role=option]') : null;
      if (option instanceof HTMLElement) this.#choose(Number(option.dataset.function));
    });
    this.#list.addEventListener('keydown', (event) => {
      const shown = [...this.#options.keys()];
      const now = shown.indexOf(this.#centre());
      const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: shown.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      const chosen = shown[Math.max(0, Math.min(next, shown.length - 1))];
      if (chosen !== undefined) this.#choose(chosen);
    });
  }

  /** Shows the list for what the view shows now. */
  update(): void {
    if (this.#view.choices.mode !== 'sandwich') return;
    const made = [this.#view.profile, this.#view.query, this.#order.value];
    if (made.some((each, index) => each !== this.#made[index])) this.#fill();
    this.#made = made;
    const centre = this.#centre();
    for (const [which, option] of this.#options) option.setAttribute('aria-selected', String(which === centre));
    const selected = this.#options.get(centre);
    this.#list.setAttribute('aria-activedescendant', selected?.id ?? '');
    // Not scrollIntoView, which would scroll the page too.
    if (selected) {
      const { offsetTop, offsetHeight } = selected;
      const { scrollTop, clientHeight } = this.#list;
      if (offsetTop < scrollTop || offsetTop + offsetHeight > scrollTop + clientHeight) {
        this.#list.scrollTop = offsetTop - clientHeight / 3;
      }
    }
  }

  #fill(): void {
    const { query } = this.#view;
    const { model } = this.#view.profile;
    const { tree, frames } = model.grouped('none');
    const found = query && matchingFunctions(frames, query);
    const part = this.#order.value === 'self' ? 'self' : 'total';
    const functions = this.#view.functions
      .filter((each) => found === null || found.has(each.function))
      .toSorted((a, b) => b[part] - a[part]);
    const whole = at(tree.total[0], 0);
    this.#options = new Map(
      functions.slice(0, MAX_FUNCTIONS).map((each) => {
        const option = textElement('div', '', 'function-option');
        option.id = `function-${each.function}`;
        option.setAttribute('role', 'option');
        option.dataset.function = String(each.function);
        const name = model.functionName(each.function);
        option.title = name;
        option.append(
          textElement('span', tabulateShare(whole > 0 ? each[part] / whole : 0), 'number'),
          textElement('span', shortName(name, 0, textPx), 'name'),
        );
        return [each.function, option];
      }),
    );
    const rest = functions.length - this.#options.size;
    this.#list.replaceChildren(
      ...this.#options.values(),
      ...(rest > 0 ? [textElement('div', `and ${rest} more: search`, 'muted')] : []),
      ...(functions.length === 0 ? [textElement('div', 'No function matches.', 'muted')] : []),
    );
  }

  #centre(): number {
    return this.#view.view instanceof SandwichView ? this.#view.view.centre : -1;
  }

  #choose(which: number): void {
    this.#view.showFunction(which);
  }
}
