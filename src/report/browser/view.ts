/** What a reader has chosen: the page's controls hold it, and the address's fragment what isn't the default. */
export interface View {
  /** Labels of gateways that aren't shown. */
  off: ReadonlySet<string>;
  vus: number | null;
  /** Index in `PERCENTILES`. */
  percentile: number;
  rate: 'linear' | 'log';
  latency: 'linear' | 'log';
  overhead: 'p50' | 'p99';
  memory: 'rss' | 'pss';
}

const RADIOS = ['vus', 'rate', 'latency', 'overhead', 'memory'] as const;

/** The place that a reader went to last, which the fragment keeps besides. */
const PLACE = 'at';

/** @param percentiles what the slider's steps stand for */
export class Controls {
  readonly #percentiles: readonly number[];
  /** Of a page that has charts by level. */
  readonly #slider = document.querySelector<HTMLInputElement>('#percentile');
  #place = '';

  constructor(percentiles: readonly number[]) {
    this.#percentiles = percentiles;
  }

  get view(): View {
    const chosen = (name: string) => inputs(name).find(({ checked }) => checked)?.value ?? '';
    return {
      off: new Set(inputs('gateway').flatMap(({ checked, value }) => (checked ? [] : [value]))),
      vus: chosen('vus') === '' ? null : Number(chosen('vus')),
      percentile: Number(this.#slider?.value ?? 0),
      rate: chosen('rate') === 'log' ? 'log' : 'linear',
      latency: chosen('latency') === 'log' ? 'log' : 'linear',
      overhead: chosen('overhead') === 'p99' ? 'p99' : 'p50',
      memory: chosen('memory') === 'pss' ? 'pss' : 'rss',
    };
  }

  /** @param changed called after every choice, by hand or by another fragment */
  listen(changed: () => void): void {
    const all = [...(this.#slider === null ? [] : [this.#slider]), ...inputs('gateway'), ...RADIOS.flatMap(inputs)];
    for (const input of all) {
      input.addEventListener('input', () => {
        this.#write();
        changed();
      });
    }
    for (const link of document.querySelectorAll<HTMLAnchorElement>('.contents a')) {
      link.addEventListener('click', (event) => {
        event.preventDefault();
        this.#place = link.hash.slice(1);
        this.#write();
        this.goToPlace();
      });
    }
    addEventListener('hashchange', () => {
      this.read();
      changed();
      this.goToPlace();
    });
  }

  /** Take over what the fragment says; what it doesn't say is as at first. */
  read(): void {
    const fragment = location.hash.slice(1);
    const isPlace = fragment !== '' && !fragment.includes('=');
    const wanted = new URLSearchParams(isPlace ? { [PLACE]: fragment } : fragment);
    const off = new Set(wanted.getAll('off'));
    for (const box of inputs('gateway')) box.checked = !off.has(box.value);
    for (const name of RADIOS) {
      const value = wanted.get(name);
      const options = inputs(name);
      const chosen = options.find((each) => each.value === value) ?? options.find((each) => each.defaultChecked);
      if (chosen !== undefined) chosen.checked = true;
    }
    const percentile = wanted.get('percentile');
    const index = percentile === null ? -1 : this.#percentiles.indexOf(Number(percentile));
    if (this.#slider !== null) this.#slider.value = index < 0 ? this.#slider.defaultValue : String(index);
    this.#place = wanted.get(PLACE) ?? '';
  }

  /** After drawing: charts move what is below them. */
  goToPlace(): void {
    const section = this.#place === '' ? null : document.getElementById(this.#place);
    section?.focus({ preventScroll: true });
    section?.scrollIntoView();
  }

  #write(): void {
    const kept = new URLSearchParams();
    for (const { checked, value } of inputs('gateway')) if (!checked) kept.append('off', value);
    for (const name of RADIOS) {
      const chosen = inputs(name).find(({ checked }) => checked);
      if (chosen !== undefined && !chosen.defaultChecked) kept.set(name, chosen.value);
    }
    if (this.#slider !== null && this.#slider.value !== this.#slider.defaultValue) {
      kept.set('percentile', String(this.#percentiles[Number(this.#slider.value)]));
    }
    if (this.#place !== '') kept.set(PLACE, this.#place);
    const fragment = kept.toString();
    history.replaceState(null, '', fragment === '' ? location.pathname + location.search : `#${fragment}`);
  }
}

function inputs(name: string): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)];
}
