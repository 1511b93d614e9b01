import type { LoadSeries } from '../run-view.js';

const SVG = 'http://www.w3.org/2000/svg';
/** Of the drawing; it is stretched to the room that the page has. */
const SIZE = { width: 1000, height: 200 };

/** Bars over the seconds of a load, from 0 to the largest value. */
export class Chart {
  readonly #svg = document.createElementNS(SVG, 'svg');
  readonly #warmup = document.createElementNS(SVG, 'path');
  readonly #window = document.createElementNS(SVG, 'path');

  constructor(
    parent: HTMLElement,
    private readonly what: string,
  ) {
    this.#svg.setAttribute('viewBox', `0 0 ${SIZE.width} ${SIZE.height}`);
    this.#svg.setAttribute('preserveAspectRatio', 'none');
    this.#svg.setAttribute('role', 'img');
    this.#warmup.setAttribute('class', 'warmup');
    this.#window.setAttribute('class', 'window');
    this.#svg.append(this.#warmup, this.#window);
    parent.append(this.#svg);
  }

  /** @param summary of the values, for those who can't see them */
  draw(values: readonly (number | null)[], { warmupS, bucketS, buckets }: LoadSeries, summary: string): void {
    const most = Math.max(0, ...values.map((value) => value ?? 0));
    const step = SIZE.width / buckets;
    const bars = values.map((value, bucket) => {
      if (value === null || value <= 0) return '';
      const height = (value / most) * SIZE.height;
      // A little apart from each other.
      const width = step > 4 ? step - 1 : step;
      return `M${round(bucket * step)} ${SIZE.height}v${round(-height)}h${round(width)}V${SIZE.height}z`;
    });
    const edge = Math.round(warmupS / bucketS);
    this.#warmup.setAttribute('d', bars.slice(0, edge).join(''));
    this.#window.setAttribute('d', bars.slice(edge).join(''));
    this.#svg.setAttribute('aria-label', `${this.what}: ${summary}`);
  }
}

function round(value: number): string {
  return value.toFixed(1);
}
