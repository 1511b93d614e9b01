import { tabulateShare } from '../../lib/format.js';
import { type Box, type Layout, timeLayout } from '../view/boxes.js';
import { formatTime } from '../view/format-frame.js';
import { callDetails, frameName, type NodeDetails } from '../view/node-details.js';
import type { NamedFrame } from '../view/page-data.js';
import type { ProfileModel } from '../view/profile-model.js';
import { callAt, type TimeChart, type Timeline, type TimeRange, timeTicks, visibleCalls } from '../view/time-chart.js';
import { at, type TreeShape } from '../view/tree-model.js';
import type { Tick } from './draw-boxes.js';
import type { View } from './view.js';

const LIMITS = { minPx: 1, maxBoxes: 6000, maxLevels: 200 };
const TICK_PX = 120;
/** The most that can be zoomed in to. */
const MIN_RANGE_US = 1;

const V8_WORK = new Set(['(garbage collector)', '(program)']);

/** What one thread ran when, in the order of time. */
export class TimeView implements View {
  readonly frames: readonly NamedFrame[];
  readonly #model: ProfileModel;
  readonly #timeline: Timeline;
  #chart: TimeChart;
  #range: TimeRange;
  #hasRuns = false;
  #widthPx = 1;
  /** How a call is drawn: narrow neighbours that look alike are drawn as one. */
  looksOf: (tree: TreeShape, node: number) => string = () => '';

  constructor(model: ProfileModel, timeline: Timeline, lane: number) {
    this.frames = model.grouped('none').frames;
    this.#model = model;
    this.#timeline = timeline;
    this.#chart = this.#chartOf(lane);
    this.#range = this.#all();
  }

  readonly resetLabel = 'Reset zoom';

  get canReset(): boolean {
    return this.#range.fromUs > 0 || this.#range.toUs < this.#timeline.endUs;
  }

  /** Shows another thread in the same range. */
  set lane(lane: number) {
    this.#chart = this.#chartOf(lane);
  }

  layout(widthPx: number): Layout {
    const { shape } = this.#chart;
    const calls = visibleCalls(this.#chart, this.#range, { ...LIMITS, widthPx }, (node) => this.looksOf(shape, node));
    this.#widthPx = widthPx;
    this.#hasRuns = calls.some((call) => call.calls > 1);
    return timeLayout(this.#chart.shape, calls);
  }

  ticks(widthPx: number): Tick[] {
    const { fromUs, toUs } = this.#range;
    return timeTicks(this.#range, widthPx / TICK_PX).map(({ us, label }) => ({
      x: ((us - fromUs) / (toUs - fromUs)) * widthPx,
      label,
    }));
  }

  name({ node, calls }: Box): string {
    if (calls > 1) return '';
    return node === 0 ? 'Whole capture' : frameName(this.#chart.shape, this.frames, node);
  }

  describe(box: Box): string {
    const { name, rows } = callDetails(this.#model.page, this.#chart, this.frames, box);
    const time = new Map(rows);
    return `${name}, ${time.get('Duration')} from ${time.get('From')}`;
  }

  details(box: Box, x?: number): NodeDetails {
    return callDetails(this.#model.page, this.#chart, this.frames, this.#callAt(box, x));
  }

  /** The very call at a place of a run, else the box. */
  #callAt(box: Box, x: number | undefined): { node: number; calls: number } {
    if (box.calls === 1 || x === undefined) return box;
    const { fromUs, toUs } = this.#range;
    const node = callAt(this.#chart, box.row, fromUs + ((toUs - fromUs) * x) / this.#widthPx);
    return node === null ? box : { node, calls: 1 };
  }

  note(): string {
    const { fromUs, toUs } = this.#range;
    const sampleUs = this.#model.page.timeline?.sampleUs ?? null;
    return [
      this.canReset
        ? `${formatTime(fromUs)} to ${formatTime(toUs)}, ${tabulateShare((toUs - fromUs) / this.#timeline.endUs)} of the capture.`
        : 'All of the capture.',
      sampleUs === null ? '' : `A sample is drawn until the next one, at most ${formatTime(sampleUs)}.`,
      this.#hasRuns ? 'Calls too short to be drawn one by one are drawn together: zoom in.' : '',
    ]
      .filter((sentence) => sentence !== '')
      .join(' ');
  }

  choose(box: Box, x?: number): boolean {
    const { node } = this.#callAt(box, x);
    const call = { fromUs: at(this.#chart.startUs, node), toUs: at(this.#chart.endUs, node) };
    const isShown = call.fromUs === this.#range.fromUs && call.toUs === this.#range.toUs;
    this.zoomTo(isShown ? this.#all() : call);
    return true;
  }

  reset(): void {
    this.#range = this.#all();
  }

  isCentre({ node }: Box): boolean {
    return at(this.#chart.startUs, node) === this.#range.fromUs && at(this.#chart.endUs, node) === this.#range.toUs;
  }

  zoomTo({ fromUs, toUs }: TimeRange): void {
    const all = this.#timeline.endUs;
    const widthUs = Math.min(all, Math.max(MIN_RANGE_US, toUs - fromUs));
    const from = Math.min(Math.max(0, fromUs), all - widthUs);
    this.#range = { fromUs: from, toUs: from + widthUs };
  }

  /** @param share of the width, from the left, that stays in its place */
  zoomBy(factor: number, share: number): void {
    const { fromUs, toUs } = this.#range;
    const fixedUs = fromUs + (toUs - fromUs) * share;
    const widthUs = (toUs - fromUs) * factor;
    this.zoomTo({ fromUs: fixedUs - widthUs * share, toUs: fixedUs + widthUs * (1 - share) });
  }

  /** @param share of the width; positive for later */
  moveBy(share: number): void {
    const { fromUs, toUs } = this.#range;
    const us = (toUs - fromUs) * share;
    this.zoomTo({ fromUs: fromUs + us, toUs: toUs + us });
  }

  /** Zooms to a part of what is shown. @param from and to as shares of the width */
  zoomToShares(from: number, to: number): void {
    const { fromUs, toUs } = this.#range;
    this.zoomTo({ fromUs: fromUs + (toUs - fromUs) * from, toUs: fromUs + (toUs - fromUs) * to });
  }

  /** V8 samples its own work without the stack that it interrupts. */
  #chartOf(lane: number): TimeChart {
    const { tree } = this.#model.grouped('none');
    const isWork = this.frames.map(({ name }) => V8_WORK.has(name));
    return this.#timeline.chart(
      lane,
      tree,
      (node) => at(tree.depth, node) === 1 && isWork[at(tree.frame, node)] === true,
    );
  }

  #all(): TimeRange {
    return { fromUs: 0, toUs: Math.max(MIN_RANGE_US, this.#timeline.endUs) };
  }
}
