import uPlot from 'uplot';
import { element, textElement } from './dom.js';
import { lineSample } from './marks.js';
import { paintIntervals, paintMarks, paintPhases, yOf } from './paint.js';
import type { Line, Picture, Point } from './picture.js';
import { plotAxis, plotScale } from './scales.js';
import { isPrinting, themeNow } from './theme.js';
import type { Tooltip } from './tooltip.js';

/** A page on paper, less its margins. */
const PAPER_WIDTH_PX = 680;
const NARROW_PX = 560;
const REFERENCE_DASH = [2, 5];

/** What a reader looks at: a point, and the line that it is of. */
interface Chosen {
  line: Line;
  point: Point;
}

/** A chart in its place on the page: drawn anew whenever what it shows changes, hovered over and walked through by keys. */
export class Chart {
  readonly #host: HTMLElement;
  readonly #legend = textElement('ul', '', 'legend');
  readonly #tooltip: Tooltip;
  #plot: uPlot | null = null;
  #picture: Picture | null = null;
  #chosen: Chosen | null = null;
  #widthPx = 0;

  constructor(selector: string, tooltip: Tooltip) {
    this.#host = element(`${selector} .plot`, HTMLElement);
    this.#tooltip = tooltip;
    this.#host.after(this.#legend);
    this.#host.addEventListener('keydown', (event) => this.#onKey(event));
    this.#host.addEventListener('blur', () => this.#choose(null));
    this.#host.addEventListener('mouseleave', () => this.#choose(null));
    new ResizeObserver(() => {
      if (this.#host.clientWidth !== this.#widthPx && !isPrinting()) this.#redraw();
    }).observe(this.#host);
  }

  /** @param picture null where there is nothing to show */
  draw(picture: Picture | null): void {
    this.#picture = picture;
    this.#chosen = null;
    this.#redraw();
  }

  #redraw(): void {
    this.#plot?.destroy();
    this.#plot = null;
    this.#widthPx = this.#host.clientWidth;
    const picture = this.#picture;
    const isEmpty = picture === null || picture.lines.every(({ points }) => points.length === 0);
    this.#host.classList.toggle('empty', isEmpty);
    this.#legend.replaceChildren();
    if (picture === null || isEmpty) return;
    const theme = themeNow();
    this.#drawLegend(picture, theme.muted);
    const widthPx = isPrinting() ? Math.min(PAPER_WIDTH_PX, this.#widthPx || PAPER_WIDTH_PX) : this.#widthPx;
    const heightPx = widthPx < NARROW_PX ? 300 : 380;
    const { series, data } = aligned(picture, theme.muted);
    this.#plot = new uPlot(
      {
        width: widthPx,
        height: heightPx,
        padding: [12, 16, 0, 0],
        series: [{}, ...series],
        scales: { x: plotScale(picture.x), y: plotScale(picture.y) },
        axes: [plotAxis(picture.x, 'x', theme, widthPx - 90), plotAxis(picture.y, 'y', theme, heightPx - 70)],
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
        hooks: {
          drawClear: [(plot) => paintPhases(plot, picture, theme)],
          drawAxes: [(plot) => paintIntervals(plot, picture.lines)],
          draw: [(plot) => paintMarks(plot, picture.lines, theme, this.#chosen?.point ?? null)],
          setCursor: [(plot) => this.#onHover(plot)],
        },
      },
      data,
      this.#host,
    );
  }

  /** On paper, and without colours, lines are told apart by it. */
  #drawLegend({ lines, reference }: Picture, referenceColour: string): void {
    const entry = (title: string, sample: SVGElement) => {
      const item = document.createElement('li');
      item.append(sample, title);
      return item;
    };
    this.#legend.append(
      ...lines.map(({ title, colour, dash, shape }) => entry(title, lineSample(colour, dash, shape))),
      ...(reference === null ? [] : [entry(reference.title, lineSample(referenceColour, REFERENCE_DASH, null))]),
    );
  }

  #onHover(plot: uPlot): void {
    const { left = -1, top = -1, idx } = plot.cursor;
    const x = idx == null ? undefined : plot.data[0][idx];
    if (left < 0 || x === undefined) return;
    const distance = ({ point }: Chosen) => Math.abs(yOf(plot, point, false) - top);
    const nearest = this.#at(x).reduce<Chosen | null>(
      (best, each) => (best === null || distance(each) < distance(best) ? each : best),
      null,
    );
    this.#choose(nearest);
  }

  /** What there is at one x, the topmost first. */
  #at(x: number): Chosen[] {
    const found = (this.#picture?.lines ?? []).flatMap((line) =>
      line.points.filter((point) => point.x === x && hasPlace(point)).map((point) => ({ line, point })),
    );
    return found.sort((a, b) => (b.point.y ?? Number.NEGATIVE_INFINITY) - (a.point.y ?? Number.NEGATIVE_INFINITY));
  }

  #onKey(event: KeyboardEvent): void {
    const plot = this.#plot;
    if (plot === null || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Escape') {
      this.#choose(null);
      return;
    }
    const next = this.#neighbour(event.key, plot);
    if (next === null) return;
    event.preventDefault();
    const left = plot.valToPos(next.point.x, 'x');
    plot.setCursor({ left, top: yOf(plot, next.point, false) }, false);
    this.#choose(next);
    const { heading, remarks } = { heading: this.#picture?.heading(next.point.x) ?? '', remarks: next.point.remarks };
    element('#announcement', HTMLElement).textContent =
      `${heading}, ${next.line.title}: ${next.point.text}. ${remarks.join(' ')}`.trim();
  }

  /** Up and down are the lines at one x, left and right the points of one line. */
  #neighbour(key: string, plot: uPlot): Chosen | null {
    const now = this.#chosen;
    const xs = plot.data[0].filter((x) => this.#at(x).length > 0);
    const first = xs[0];
    if (!['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key) || first === undefined) {
      return null;
    }
    if (now === null) return this.#at(first)[0] ?? null;
    if (key === 'ArrowUp' || key === 'ArrowDown') {
      const column = this.#at(now.point.x);
      const at = column.findIndex(({ point }) => point === now.point) + (key === 'ArrowUp' ? -1 : 1);
      return column[Math.max(0, Math.min(at, column.length - 1))] ?? null;
    }
    const own = now.line.points.filter(hasPlace);
    const at = own.indexOf(now.point);
    const target = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: own.length - 1 }[key] ?? at;
    const point = own[Math.max(0, Math.min(target, own.length - 1))];
    return point === undefined ? null : { line: now.line, point };
  }

  #choose(chosen: Chosen | null): void {
    const plot = this.#plot;
    const isSame = chosen?.point === this.#chosen?.point;
    this.#chosen = chosen;
    if (plot === null || this.#picture === null) return;
    if (!isSame) plot.redraw(false, false);
    if (chosen === null) {
      if (!isSame) this.#tooltip.hide();
      return;
    }
    const { left, top } = plot.over.getBoundingClientRect();
    this.#tooltip.show(
      {
        heading: this.#picture.heading(chosen.point.x),
        rows: this.#at(chosen.point.x).map(({ line, point }) => ({
          colour: line.colour,
          title: line.title,
          text: point.text,
          chosen: point === chosen.point,
        })),
        remarks: chosen.point.remarks,
      },
      { left: left + plot.valToPos(chosen.point.x, 'x'), top: top + yOf(plot, chosen.point, false) },
    );
  }
}

function hasPlace({ y, kind }: Point): boolean {
  return y !== null || kind === 'broken';
}

/**
 * Columns for the library: what can be trusted as a solid line, over a thin one through everything. Points of one line need
 * not be at the x of another: what a line lacks there is no gap.
 */
function aligned({ lines, reference }: Picture, referenceColour: string) {
  const points = lines.flatMap((line) => line.points);
  const xs = [...new Set([...points, ...(reference?.points ?? [])].map(({ x }) => x))].sort((a, b) => a - b);
  const column = (values: readonly { x: number; y: number | null }[]) => {
    const byX = new Map(values.map(({ x, y }) => [x, y]));
    return xs.map((x) => byX.get(x));
  };
  const series: uPlot.Series[] = [];
  const data: uPlot.AlignedData = [xs];
  if (reference !== null) {
    series.push({ stroke: referenceColour, width: 1.5, dash: REFERENCE_DASH, points: { show: false } });
    data.push(column(reference.points));
  }
  for (const line of lines) {
    const { colour, dash } = line;
    if (line.points.some(({ sure }) => !sure)) {
      series.push({ stroke: colour, width: 1.2, dash: line.shape === null ? [] : [2, 3], points: { show: false } });
      data.push(column(line.points));
    }
    series.push({ stroke: colour, width: 2.25, dash: [...dash], points: { show: false } });
    data.push(column(line.points.map(({ x, y, sure }) => ({ x, y: sure ? y : null }))));
  }
  return { series, data };
}
