import { formatDecimal } from '../../lib/format.js';
import { formatMatches, leadsToMatch, type Matches, type Query, searchFrames } from '../view/frame-search.js';
import { shortName, textPx } from '../view/labels.js';
import { nodeDetails } from '../view/node-details.js';
import { at } from '../view/tree-model.js';
import { type Visible, type VisibleNode, visibleNodes } from '../view/visible-nodes.js';
import { type DrawnFrame, drawChart, ROW_PX } from './chart.js';
import { enableKeyboard } from './keyboard.js';
import { type ColourBy, drawLegend, type FrameColours, frameColours } from './legend.js';
import type { PageModel } from './page.js';
import { element } from './page.js';
import { Tooltip } from './tooltip.js';

/** Smaller frames can't be seen or pointed at. */
const LIMITS = { minPx: 0.6, maxNodes: 6000, maxLevels: 200, maxCallers: 40 };

/** Rows above the zoomed frame that stay visible. */
const VISIBLE_CALLERS = 5;

/** Labels have 12 px, textPx measures 11 px. */
const labelPx = (text: string) => textPx(text) * (12 / 11);

/** The reader's choices. */
interface Choices {
  focus: number;
  icicle: boolean;
  colourBy: ColourBy;
  /** Which of the two values the widths show. */
  which: 0 | 1;
  query: Query | null;
}

/** The interactive flame graph, with tooltip and legend. */
export class FlameView {
  readonly #model: PageModel;
  readonly #chart = element('#chart', HTMLElement);
  readonly #tooltip = new Tooltip();
  readonly #choices: Choices;
  #colours: FrameColours;
  #frames: DrawnFrame[] = [];
  #matches: Matches | null = null;
  /** Called with the label of a clicked legend entry, for the search box. */
  onQuery: (label: string) => void = () => {};

  constructor(model: PageModel) {
    this.#model = model;
    const colourBy = model.page.view.kind === 'profile' ? 'category' : 'self-change';
    this.#choices = { focus: 0, icicle: true, colourBy, which: 0, query: null };
    this.#colours = frameColours(model, colourBy, 0);
  }

  /** Marks matching frames. @returns the result in words; empty without a query */
  search(query: Query | null): string {
    const { page, tree, frames } = this.#model;
    this.#choices.query = query;
    this.#matches = query === null ? null : searchFrames(tree, frames, query);
    this.#paint();
    if (this.#matches === null) return '';
    const shown = new Set(this.#frames.map(({ node }) => node));
    const found = this.#matches;
    const isDrawn = found.count === 0 || [...shown].some((node) => found.nodes[node] === 1);
    return (
      formatMatches(page, tree, found) +
      (isDrawn ? '' : ' · all too narrow to be drawn here: zoom into the highlighted frames')
    );
  }

  zoom(focus: number): void {
    this.#choices.focus = focus;
    this.draw();
    const zoomed = this.#frames.find(({ node }) => node === focus);
    zoomed?.group.focus({ preventScroll: true });
    if (zoomed) this.#scrollTo(zoomed.laidOut.depth);
  }

  setIcicle(icicle: boolean): void {
    this.#choices.icicle = icicle;
    this.draw();
    this.#scrollTo(0);
  }

  setColourBy(colourBy: ColourBy): void {
    this.#choices.colourBy = colourBy;
    this.#recolour();
    this.#paint();
  }

  setWidthsBy(which: 0 | 1): void {
    this.#choices.which = which;
    // The zoomed frame may not exist on this side.
    if (at(this.#model.tree.total[which], this.#choices.focus) === 0) this.#choices.focus = 0;
    this.#recolour();
    this.draw();
  }

  /** Redraws everything, after a change of zoom, direction or window width. */
  draw(): void {
    const { tree } = this.#model;
    const { focus, which, icicle } = this.#choices;
    const widthPx = Math.max(320, this.#chart.clientWidth);
    const visible = visibleNodes(tree, focus, which, { ...LIMITS, widthPx });
    this.#tooltip.hide();
    this.#frames = drawChart(this.#chart, visible, {
      widthPx,
      icicle,
      name: (node, roomPx) => (roomPx < 35 ? '' : shortName(this.#name(node), roomPx - 8, labelPx)),
      onClick: (node) => this.#choose(node),
      onHover: (event, node) => {
        this.#tooltip.show(this.#details(node.node));
        this.#tooltip.placeAt(event.clientX, event.clientY);
      },
      onLeave: () => this.#tooltip.hide(),
    });
    enableKeyboard(this.#frames, {
      icicle,
      describe: (node) => this.#description(node),
      focused: ({ group, node }) => {
        this.#tooltip.show(this.#details(node));
        this.#tooltip.placeBeside(group);
      },
      blurred: () => this.#tooltip.hide(),
      chosen: (node) => this.#choose(node),
      reset: () => this.zoom(0),
    });
    this.#paint();
    this.#describeZoom(visible);
    if (this.#colours.legend.length > 0) this.#drawLegend();
  }

  movePointer(event: MouseEvent): void {
    this.#tooltip.placeAt(event.clientX, event.clientY);
  }

  /** Scrolls the drawing, not the page, to a row, its callees and some of its callers. */
  #scrollTo(row: number): void {
    const callersPx = Math.max(0, row - VISIBLE_CALLERS) * ROW_PX;
    const { scrollHeight, clientHeight } = this.#chart;
    this.#chart.scrollTop = this.#choices.icicle ? callersPx : scrollHeight - clientHeight - callersPx;
  }

  #recolour(): void {
    this.#colours = frameColours(this.#model, this.#choices.colourBy, this.#choices.which);
    this.#drawLegend();
  }

  #drawLegend(): void {
    drawLegend(element('#legend', HTMLElement), this.#colours.legend, (query, label) => {
      this.onQuery(label);
      element('#search-result', HTMLElement).textContent = this.search(query);
    });
  }

  #paint(): void {
    const matches = this.#matches;
    for (const { node, group, rect, laidOut } of this.#frames) {
      const isMatch = matches?.nodes[node] === 1;
      rect.setAttribute('fill', this.#colours.of(node));
      group.classList.toggle('match', isMatch);
      const leads = matches !== null && leadsToMatch(this.#model.tree, matches, node);
      group.classList.toggle('leads-to-match', leads && !isMatch);
      group.classList.toggle('no-match', matches !== null && !isMatch && !leads);
      group.classList.toggle('fade', laidOut.data.fade);
    }
  }

  #choose({ node, hiddenLevels }: VisibleNode): void {
    this.zoom(node === this.#choices.focus && hiddenLevels === 0 ? 0 : node);
  }

  #details(node: number) {
    const { page, tree, frames } = this.#model;
    return nodeDetails(page, tree, frames, node, this.#choices.focus);
  }

  #name({ node, hiddenCallers, hiddenLevels }: VisibleNode): string {
    if (hiddenCallers > 0) return `… ${formatDecimal(hiddenCallers, 0)} callers`;
    const name = node === 0 ? 'All stacks' : (this.#model.frames[at(this.#model.tree.frame, node)]?.name ?? '');
    return hiddenLevels > 0 ? `${name}  ▾ ${formatDecimal(hiddenLevels, 0)} more levels` : name;
  }

  #description(node: VisibleNode): string {
    const share =
      at(this.#model.tree.total[this.#choices.which], node.node) / at(this.#model.tree.total[this.#choices.which], 0);
    return `${this.#name(node)}, ${formatDecimal(share * 100, 2)} %`;
  }

  #describeZoom({ drawn, tooNarrow, tooDeep }: Visible): void {
    const { focus } = this.#choices;
    const zoomed =
      focus === 0
        ? 'Click a frame to zoom in.'
        : `Zoomed to ${this.#name({ node: focus, hiddenLevels: 0, hiddenCallers: 0, value: 0, fade: false, children: [] })}.`;
    const hidden = [
      ...(tooNarrow > 0 ? [`${formatDecimal(tooNarrow, 0)} too narrow`] : []),
      ...(tooDeep > 0 ? [`${formatDecimal(tooDeep, 0)} too deep`] : []),
    ];
    element('#chart-note', HTMLElement).textContent =
      hidden.length === 0
        ? zoomed
        : `${zoomed} ${formatDecimal(drawn, 0)} frames drawn, ${hidden.join(' and ')} to draw: zoom in, or search, which covers all frames.`;
    element('#reset-zoom', HTMLButtonElement).disabled = focus === 0;
  }
}
