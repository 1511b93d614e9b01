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

  /**
   * Merges what a lane's neighbouring intervals have in common.
   * @param tree of the nodes
   * @param interrupts whether a node is what a runtime does in between: it is drawn on the stack that goes on after it
   */
  chart(lane: number, tree: TreeShape, interrupts: (node: number) => boolean = () => false): TimeChart {
    const from = this.#begins[lane] ?? 0;
    const to = this.#begins[lane + 1] ?? this.#node.length;
    const calls = new Calls(tree, this.endUs);
    let last = -1;
    for (let row = from; row < to; row++) {
      const node = at(this.#node, row);
      const isOnTop = interrupts(node) && this.#goesOn(tree, last, row, to, interrupts);
      if (!interrupts(node)) last = row;
      calls.add(node, at(this.#start, row), at(this.#end, row), isOnTop);
    }
    return calls.finish();
  }

  /** Whether the stack of a row before interruptions has its root in common with the one after them. */
  #goesOn(tree: TreeShape, before: number, row: number, to: number, interrupts: (node: number) => boolean): boolean {
    let after = row + 1;
    while (after < to && interrupts(at(this.#node, after))) after++;
    if (before < 0 || after === to) return false;
    return outermost(tree, at(this.#node, before)) === outermost(tree, at(this.#node, after));
  }
}

/** The root's child that a node is below, or is. */
function outermost(tree: TreeShape, node: number): number {
  let outer = node;
  for (let each = node; each > 0; each = at(tree.parent, each)) outer = each;
  return outer;
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
  /** The last stack that isn't on top of another. */
  #interrupted: number[] = [];

  constructor(tree: TreeShape, endUs: number) {
    this.#tree = tree;
    this.#end = [endUs];
  }

  /** @param isOnTop whether the stack before it goes on below it */
  add(node: number, startUs: number, endUs: number, isOnTop: boolean): void {
    const path = isOnTop ? [...this.#interrupted, node] : this.#path(node);
    if (!isOnTop) this.#interrupted = path;
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

  /** The nodes from the root to this one, the root left out. */
  #path(node: number): number[] {
    const path: number[] = [];
    for (let each = node; each > 0; each = at(this.#tree.parent, each)) path.push(each);
    return path.reverse();
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

/** A call to draw, or a run of calls that are too narrow to be drawn one by one. */
export interface VisibleCall {
  /** Of a run, the longest. */
  node: number;
  /** From the root. */
  level: number;
  x: number;
  widthPx: number;
  /** The calls that it stands for. */
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

/**
 * The calls within a range, parents first.
 * @param looksOf how a call is drawn: only narrow neighbours that look alike are drawn as one
 */
export function visibleCalls(
  chart: TimeChart,
  range: TimeRange,
  limits: Limits,
  looksOf: (node: number) => string,
): VisibleCall[] {
  for (let minPx = limits.minPx; ; minPx *= 1.5) {
    const visible = callsAtLeast(chart, range, { ...limits, minPx }, looksOf);
    if (visible !== null) return visible;
  }
}

/** Null if there are too many. */
function callsAtLeast(
  { shape, startUs, endUs }: TimeChart,
  { fromUs, toUs }: TimeRange,
  limits: Limits,
  looksOf: (node: number) => string,
): VisibleCall[] | null {
  const pxPerUs = limits.widthPx / (toUs - fromUs);
  const visible: VisibleCall[] = [];
  const levels: NarrowCalls[] = [];
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
      levels[level] ??= new NarrowCalls(level, limits.minPx, looksOf);
      levels[level].add(node, x, widthPx);
    }
    node++;
    if (visible.length > limits.maxBoxes) return null;
  }
  const runs = levels.flatMap((level) => level.finish());
  return visible.length + runs.length > limits.maxBoxes ? null : [...visible, ...runs];
}

/** The narrow calls of a level: the longest in each column stands for all in it, and equal columns become one run. */
class NarrowCalls {
  readonly #level: number;
  readonly #columnPx: number;
  readonly #looksOf: (node: number) => string;
  readonly #runs: { call: VisibleCall; looks: string; longestPx: number }[] = [];
  #column: { index: number; node: number; longestPx: number; calls: number } | null = null;

  constructor(level: number, columnPx: number, looksOf: (node: number) => string) {
    this.#level = level;
    this.#columnPx = columnPx;
    this.#looksOf = looksOf;
  }

  add(node: number, x: number, widthPx: number): void {
    const index = Math.floor(x / this.#columnPx);
    if (this.#column?.index !== index) {
      this.#endColumn();
      this.#column = { index, node, longestPx: widthPx, calls: 1 };
      return;
    }
    this.#column.calls++;
    if (widthPx > this.#column.longestPx) Object.assign(this.#column, { node, longestPx: widthPx });
  }

  finish(): VisibleCall[] {
    this.#endColumn();
    return this.#runs.map(({ call }) => call);
  }

  #endColumn(): void {
    if (this.#column === null) return;
    const { index, node, longestPx, calls } = this.#column;
    const looks = this.#looksOf(node);
    const x = index * this.#columnPx;
    const last = this.#runs.at(-1);
    if (last?.looks === looks && x - (last.call.x + last.call.widthPx) < this.#columnPx / 2) {
      last.call.widthPx = x + this.#columnPx - last.call.x;
      last.call.calls += calls;
      if (longestPx > last.longestPx) {
        last.longestPx = longestPx;
        last.call.node = node;
      }
    } else {
      const call = { node, level: this.#level, x, widthPx: this.#columnPx, calls };
      this.#runs.push({ call, looks, longestPx });
    }
    this.#column = null;
  }
}

/** The call of a level at a time; null in a gap. */
export function callAt({ shape, startUs, endUs }: TimeChart, level: number, us: number): number | null {
  let node = 0;
  while (at(shape.depth, node) < level) {
    const parent = node;
    node++;
    while (node < at(shape.end, parent) && at(endUs, node) <= us) node = at(shape.end, node);
    if (node >= at(shape.end, parent) || at(startUs, node) > us) return null;
  }
  return node;
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
