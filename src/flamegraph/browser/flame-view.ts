import type { Grouping } from '../../profiles/group-by.js';
import { element } from '../../report/browser/dom.js';
import type { Box } from '../view/boxes.js';
import type { Query } from '../view/frame-search.js';
import { type FunctionValues, functionValues } from '../view/sandwich.js';
import { at, type TreeShape } from '../view/tree-model.js';
import { type DrawnFrame, drawBoxes, ROW_PX } from './draw-boxes.js';
import { GraphView } from './graph-view.js';
import { enableKeyboard } from './keyboard.js';
import { type ColourBy, drawLegend, type FrameColours, frameColours } from './legend.js';
import { type Mark, Marks } from './marks.js';
import type { PageProfile } from './page.js';
import { SandwichView } from './sandwich-view.js';
import { TimeView } from './time-view.js';
import { Tooltip } from './tooltip.js';
import type { View } from './view.js';

export type Mode = 'graph' | 'sandwich' | 'time';

/** Rows above the zoomed frame that stay visible. */
const VISIBLE_CALLERS = 5;

/** The reader's choices. */
interface Choices {
  mode: Mode;
  grouping: Grouping;
  icicle: boolean;
  colourBy: ColourBy;
  /** Which of the two values the widths show. */
  which: 0 | 1;
  lane: number;
}

/** The interactive drawing, in all its views, with tooltip and legend. */
export class FlameView {
  readonly #chart = element('#chart', HTMLElement);
  readonly #tooltip = new Tooltip();
  readonly #choices: Choices;
  #profile: PageProfile;
  #view: View;
  #colours: FrameColours;
  #frames: DrawnFrame[] = [];
  #frameAt: (target: EventTarget | null) => DrawnFrame | null = () => null;
  #marks = new Marks(null);
  #functions: FunctionValues[] | null = null;
  /** Called with the label of a clicked legend entry, for the search box. */
  onQuery: (label: string) => void = () => {};
  /** Called after each drawing. */
  onDraw: () => void = () => {};

  constructor(profile: PageProfile, colourBy: ColourBy) {
    this.#profile = profile;
    const { grouping } = profile.model.page;
    this.#choices = { mode: 'graph', grouping, icicle: true, colourBy, which: 0, lane: 0 };
    this.#view = this.#graph();
    this.#colours = frameColours(profile.model, colourBy, 0);
    this.#followPointer();
  }

  get profile(): PageProfile {
    return this.#profile;
  }

  get view(): View {
    return this.#view;
  }

  get choices(): Readonly<Choices> {
    return this.#choices;
  }

  get query(): Query | null {
    return this.#marks.query;
  }

  /** All functions of the profile, largest total first. */
  get functions(): readonly FunctionValues[] {
    const { model } = this.#profile;
    this.#functions ??= functionValues(model.grouped('none'), model.page.functions.length);
    return this.#functions;
  }

  /** Shows another profile in the same way, where it has what that needs. */
  show(profile: PageProfile): void {
    this.#profile = profile;
    this.#functions = null;
    this.#choices.grouping = profile.model.page.grouping;
    this.#choices.lane = 0;
    if (profile.timeline === null && this.#choices.mode === 'time') this.#choices.mode = 'graph';
    this.#recolour();
    this.#look(this.#choices.mode);
  }

  /** Marks matching frames. @returns the result in words; empty without a query */
  search(query: Query | null): string {
    this.#marks = new Marks(query);
    this.#repaint();
    const { model } = this.#profile;
    const isMarked = ({ box }: DrawnFrame) => this.#mark(box.tree, box.node) === 'match';
    return this.#marks.describe(model.page, this.#framed(), () => this.#frames.some(isMarked));
  }

  setMode(mode: Mode): void {
    this.#look(mode);
  }

  /** Puts a function between its callers and callees. */
  showFunction(which: number): void {
    if (this.#view instanceof SandwichView) this.#view.show(which);
    else {
      this.#choices.mode = 'sandwich';
      this.#view = new SandwichView(this.#profile.model, this.#framed(), which);
    }
    this.#drawCentre(null);
  }

  setGrouping(grouping: Grouping): void {
    this.#choices.grouping = grouping;
    this.#look(this.#choices.mode);
  }

  setIcicle(icicle: boolean): void {
    this.#choices.icicle = icicle;
    if (this.#view instanceof GraphView) this.#view.icicle = icicle;
    this.#drawCentre(null);
  }

  setColourBy(colourBy: ColourBy): void {
    this.#choices.colourBy = colourBy;
    this.#recolour();
    this.#repaint();
  }

  setWidthsBy(which: 0 | 1): void {
    this.#choices.which = which;
    if (this.#view instanceof GraphView) this.#view.which = which;
    this.#recolour();
    this.draw();
  }

  setLane(lane: number): void {
    this.#choices.lane = lane;
    if (this.#view instanceof TimeView) this.#view.lane = lane;
    this.draw();
  }

  reset(): void {
    if (!this.#view.canReset) return;
    this.#view.reset();
    this.#drawCentre(null);
  }

  /** Redraws everything, after a change of what is shown or of the window's width. */
  draw(): void {
    const view = this.#view;
    const widthPx = Math.max(320, this.#chart.clientWidth);
    this.#tooltip.hide();
    const focused = this.#frames.find(({ group }) => group === document.activeElement)?.box;
    const { frames, frameAt } = drawBoxes(this.#chart, view.layout(widthPx), {
      widthPx,
      ticks: view.ticks(widthPx),
      name: (box) => view.name(box),
    });
    this.#frames = frames;
    this.#frameAt = frameAt;
    enableKeyboard(frames, view, {
      focused: ({ box, group }) => {
        this.#tooltip.show(view.details(box));
        this.#tooltip.placeBeside(group);
      },
      blurred: () => this.#tooltip.hide(),
      chosen: ({ box }) => this.#choose(box),
      pressed: (key, { box }) => this.#press(key, box),
    });
    this.#paint();
    if (focused) this.#focus(focused);
    element('#chart-note', HTMLElement).textContent = view.note();
    if (this.#colours.legend.length > 0) this.#drawLegend();
    this.onDraw();
  }

  #followPointer(): void {
    this.#chart.addEventListener('click', (event) => {
      const frame = this.#frameAt(event.target);
      if (frame) this.#choose(frame.box, this.#xOf(event));
    });
    this.#chart.addEventListener('mousemove', (event) => {
      const frame = this.#frameAt(event.target);
      if (frame === null) {
        this.#tooltip.hide();
        return;
      }
      this.#tooltip.show(this.#view.details(frame.box, this.#xOf(event)));
      this.#tooltip.placeAt(event.clientX, event.clientY);
    });
    this.#chart.addEventListener('mouseleave', () => this.#tooltip.hide());
  }

  #press(key: string, { tree, node }: Box): boolean {
    if (key === 'Escape') {
      this.reset();
      return true;
    }
    const which = this.#view.frames[at(tree.frame, node)]?.function ?? -1;
    if (key !== 's' || which < 0 || this.#profile.model.page.view.kind !== 'profile') return false;
    this.showFunction(which);
    return true;
  }

  #choose(box: Box, x?: number): void {
    if (this.#view.choose(box, x)) this.#drawCentre(box);
  }

  #xOf({ clientX }: MouseEvent): number {
    return clientX - this.#chart.getBoundingClientRect().left - this.#chart.clientLeft;
  }

  /** Makes the view of a mode anew. */
  #look(mode: Mode): void {
    const { model, timeline } = this.#profile;
    this.#choices.mode = mode;
    if (mode === 'time' && timeline !== null) {
      const view = new TimeView(model, timeline, this.#choices.lane);
      view.looksOf = (tree, node) => `${this.#colours.of(tree, view.frames, node)} ${this.#mark(tree, node)}`;
      this.#view = view;
    } else if (mode === 'sandwich') {
      const hottest = this.functions.reduce<FunctionValues | null>((a, b) => (a && a.self >= b.self ? a : b), null);
      const centre = this.#view instanceof SandwichView ? this.#view.centre : this.#zoomedFunction();
      const known = centre >= 0 && centre < model.page.functions.length ? centre : (hottest?.function ?? 0);
      this.#view = new SandwichView(model, this.#framed(), known);
    } else this.#view = this.#graph();
    this.#drawCentre(null);
  }

  #zoomedFunction(): number {
    return this.#view instanceof GraphView ? this.#view.zoomedFunction : -1;
  }

  #graph(): GraphView {
    return new GraphView(this.#profile.model.page, this.#framed(), this.#choices);
  }

  #framed() {
    return this.#profile.model.grouped(this.#choices.grouping);
  }

  /** Draws, and brings into sight what the view is about. @param chosen keeps the focus, if it is still drawn */
  #drawCentre(chosen: Box | null): void {
    this.draw();
    const centre = this.#nearest(chosen);
    if (chosen !== null) this.#focus(chosen);
    if (centre) this.#scrollTo(centre.box.row);
  }

  /** Keeps the keyboard where it was: drawing replaces the frame that had it. */
  #focus(box: Box): void {
    this.#nearest(box)?.group.focus({ preventScroll: true });
  }

  /** The same frame, if it is still drawn; else what the view is about. */
  #nearest(box: Box | null): DrawnFrame | undefined {
    const isSame = (frame: DrawnFrame) => frame.box.tree === box?.tree && frame.box.node === box.node;
    return this.#frames.find(isSame) ?? this.#frames.find((frame) => this.#view.isCentre(frame.box)) ?? this.#frames[0];
  }

  /** Scrolls the drawing, not the page, to a row and what is around it. */
  #scrollTo(row: number): void {
    const { clientHeight } = this.#chart;
    // There a zoom is along the other axis.
    if (this.#view instanceof TimeView) return;
    const top = row * ROW_PX;
    const callersPx = VISIBLE_CALLERS * ROW_PX;
    if (this.#view instanceof SandwichView) this.#chart.scrollTop = top - clientHeight / 2;
    else if (this.#choices.icicle) this.#chart.scrollTop = top - callersPx;
    else this.#chart.scrollTop = top + ROW_PX + callersPx - clientHeight;
  }

  #recolour(): void {
    this.#colours = frameColours(this.#profile.model, this.#choices.colourBy, this.#choices.which);
    this.#drawLegend();
  }

  #drawLegend(): void {
    drawLegend(element('#legend', HTMLElement), this.#colours.legend, (query, label) => {
      this.onQuery(label);
      element('#search-result', HTMLElement).textContent = this.search(query);
    });
  }

  /** After a change of colours or marks, by which a time chart merges what is narrow. */
  #repaint(): void {
    if (this.#view instanceof TimeView) this.draw();
    else {
      this.#paint();
      this.onDraw();
    }
  }

  #paint(): void {
    for (const { box, group, rect } of this.#frames) {
      const { tree, node, fade, calls } = box;
      rect.setAttribute('fill', this.#colours.of(tree, this.#view.frames, node));
      const isCentre = this.#view instanceof SandwichView && this.#view.isCentre(box);
      const classes = { [this.#mark(tree, node)]: true, fade, centre: isCentre, run: calls > 1 };
      const chosen = Object.keys(classes).filter((name) => name !== '' && classes[name]);
      group.setAttribute('class', ['frame', ...chosen].join(' '));
    }
  }

  #mark(tree: TreeShape, node: number): Mark {
    return this.#marks.of(tree, this.#view.frames, node);
  }
}
