import { formatTick } from './format-frame.js';
import { unpackColumns } from './page-data.js';
import { at, shapeOf, type TreeShape } from './tree-model.js';

/** What one thread ran when. Children are in the order of time, and there may be gaps between them. */
export interface TimeChart {
  /** Of calls; the root spans the whole capture. */
  shape: TreeShape;
  /** For each call, microseconds since the first sample. */
  startUs: Float64Array;
  endUs: Float64Array;
}

/** The intervals of all lanes. */
export class Timeline {
  /** Where each lane's intervals begin. */
  readonly #begins: number[] = [];
  readonly #start: Float64Array;
  readonly #end: Float64Array;
  readonly #node: Float64Array;
  /** When the last interval of any lane ends, microseconds since the first sample. */
  readonly endUs: number;

  constructor(bytes: Uint8Array, { rows }: { rows: number }) {
    const none = new Float64Array(rows);
    const [lane = none, gap = none, duration = none, node = none] = unpackColumns(bytes, 4, rows);
    this.#start = new Float64Array(rows);
    this.#end = new Float64Array(rows);
    this.#node = node;
    let endUs = 0;
    for (let row = 0; row < rows; row++) {
      while (this.#begins.length <= at(lane, row)) this.#begins.push(row);
      const isFirst = row === this.#begins.at(-1);
      const start = (isFirst ? 0 : at(this.#end, row - 1)) + at(gap, row);
      this.#start[row] = start;
      this.#end[row] = start + at(duration, row);
      endUs = Math.max(endUs, at(this.#end, row));
    }
    this.endUs = endUs;
  }

  /** Merges what a lane's neighbouring intervals have in common. @param tree of the nodes */
  chart(lane: number, tree: TreeShape): TimeChart {
    const from = this.#begins[lane] ?? 0;
    const to = this.#begins[lane + 1] ?? this.#node.length;
    const calls = new Calls(tree, this.endUs);
    for (let row = from; row < to; row++) calls.add(at(this.#node, row), at(this.#start, row), at(this.#end, row));
    return calls.finish();
  }
}

/** Builds the calls of a lane from its intervals. */
class Calls {
  readonly #tree: TreeShape;
  /** The call tree's nodes. */
  readonly #node = [0];
  readonly #parent = [-1];
  readonly #start = [0];
  readonly #end: number[];
  /** Calls that go on, from the root to the leaf. */
  #open: number[] = [0];
  #until = 0;

  constructor(tree: TreeShape, endUs: number) {
    this.#tree = tree;
    this.#end = [endUs];
  }

  add(node: number, startUs: number, endUs: number): void {
    const path: number[] = [];
    for (let each = node; each > 0; each = at(this.#tree.parent, each)) path.push(each);
    path.reverse();
    let shared = 0;
    if (startUs <= this.#until) {
      while (shared < path.length && this.#node[this.#open[shared + 1] ?? -1] === path[shared]) shared++;
    }
    for (const call of this.#open.splice(shared + 1)) this.#end[call] = this.#until;
    for (const each of path.slice(shared)) {
      const call = this.#node.push(each) - 1;
      this.#parent.push(this.#open.at(-1) ?? 0);
      this.#start.push(startUs);
      this.#end.push(endUs);
      this.#open.push(call);
    }
    this.#until = endUs;
  }

  finish(): TimeChart {
    for (const call of this.#open.slice(1)) this.#end[call] = this.#until;
    return {
      shape: shapeOf(
        Int32Array.from(this.#node, (node) => at(this.#tree.frame, node)),
        Uint8Array.from(this.#node, (node) => at(this.#tree.category, node)),
        Int32Array.from(this.#parent),
      ),
      startUs: Float64Array.from(this.#start),
      endUs: Float64Array.from(this.#end),
    };
  }
}

/** A part of the time axis, microseconds. */
export interface TimeRange {
  fromUs: number;
  toUs: number;
}

/** A call to draw, or, if it is too narrow, the longest of several beside each other. */
export interface VisibleCall {
  node: number;
  /** From the root. */
  level: number;
  x: number;
  widthPx: number;
  /** The calls that it stands for, itself included. */
  calls: number;
}

interface Limits {
  widthPx: number;
  /** Narrower calls are drawn together. */
  minPx: number;
  /** The maximum number of boxes. */
  maxBoxes: number;
  /** The maximum number of levels, for runaway recursion. */
  maxLevels: number;
}

/** The calls within a range, parents first. */
export function visibleCalls(chart: TimeChart, range: TimeRange, limits: Limits): VisibleCall[] {
  for (let minPx = limits.minPx; ; minPx *= 1.5) {
    const visible = callsAtLeast(chart, range, { ...limits, minPx });
    if (visible !== null) return visible;
  }
}

/** Null if there are too many. */
function callsAtLeast({ shape, startUs, endUs }: TimeChart, range: TimeRange, limits: Limits): VisibleCall[] | null {
  const { fromUs, toUs } = range;
  const pxPerUs = limits.widthPx / (toUs - fromUs);
  const visible: VisibleCall[] = [];
  // The last column of narrow calls of each level.
  const columns: { index: number; us: number; box: VisibleCall }[] = [];
  for (let node = 0; node < shape.nodes; ) {
    const [start, end] = [Math.max(fromUs, at(startUs, node)), Math.min(toUs, at(endUs, node))];
    const level = at(shape.depth, node);
    if (end <= start || level > limits.maxLevels) {
      node = at(shape.end, node);
      continue;
    }
    const x = (start - fromUs) * pxPerUs;
    const widthPx = (end - start) * pxPerUs;
    if (widthPx >= limits.minPx) visible.push({ node, level, x, widthPx, calls: 1 });
    else {
      const index = Math.floor(x / limits.minPx);
      const column = columns[level];
      const us = end - start;
      if (column?.index !== index) {
        const box = { node, level, x: index * limits.minPx, widthPx: limits.minPx, calls: 1 };
        columns[level] = { index, us, box };
        visible.push(box);
      } else {
        column.box.calls++;
        if (us > column.us) {
          column.us = us;
          column.box.node = node;
        }
      }
    }
    if (visible.length > limits.maxBoxes) return null;
    node++;
  }
  return visible;
}

/** Round times for an axis, at most about so many. */
export function timeTicks({ fromUs, toUs }: TimeRange, most: number): { us: number; label: string }[] {
  const least = (toUs - fromUs) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(least));
  const stepUs = [1, 2, 5].map((factor) => factor * power).find((step) => step >= least) ?? power * 10;
  const ticks: { us: number; label: string }[] = [];
  for (let tick = Math.ceil(fromUs / stepUs); tick * stepUs <= toUs; tick++) {
    ticks.push({ us: tick * stepUs, label: formatTick(tick * stepUs, stepUs, toUs) });
  }
  return ticks;
}
