import type { Grouping } from '../../profiles/group-by.js';
import { GrowingTree } from './growing-tree.js';
import { type NamedFrame, namedFrames, type PageData, unpackColumns } from './page-data.js';
import { at, NO_CATEGORY, type TreeModel, type TreeShape, treeShape, withTotals } from './tree-model.js';

/** Where samples ended, a row for each node and thread. */
interface Ends {
  node: Int32Array;
  /** -1 where it isn't known. */
  thread: Int32Array;
  values: [Float64Array, Float64Array];
}

/** A call tree and the frames that its nodes are of. */
export interface FramedTree {
  tree: TreeModel;
  frames: readonly NamedFrame[];
}

/** The unpacked columns of a page's profile: raw bytes of its packed parts. */
export interface PackedBytes {
  tree: Uint8Array;
  ends: Uint8Array;
}

/** A profile of a page, in all its groupings. */
export class ProfileModel {
  readonly page: PageData;
  readonly #shape: TreeShape;
  readonly #ends: Ends;
  readonly #frames: readonly NamedFrame[];
  readonly #grouped = new Map<Grouping, FramedTree>();

  constructor(page: PageData, { tree, ends }: PackedBytes) {
    this.page = page;
    this.#frames = namedFrames(page);
    const [frames, categories, rises] = unpackColumns(tree, 3, page.tree.rows);
    const none = new Float64Array(0);
    this.#shape = treeShape(frames ?? none, categories ?? none, rises ?? none);
    this.#ends = unpackEnds(ends, page);
  }

  /** Function names, by the index that frames have. */
  functionName(index: number): string {
    return this.page.strings[this.page.functions[index] ?? -1] ?? '';
  }

  /** The call tree with a root for each group, made when it is first asked for. */
  grouped(by: Grouping): FramedTree {
    const known = this.#grouped.get(by);
    if (known) return known;
    const made = by === 'none' ? this.#ungrouped() : this.#grow(by);
    this.#grouped.set(by, made);
    return made;
  }

  #ungrouped(): FramedTree {
    const { node, values } = this.#ends;
    const self: TreeModel['self'] = [new Float64Array(this.#shape.nodes), new Float64Array(this.#shape.nodes)];
    for (let row = 0; row < node.length; row++) {
      for (const which of [0, 1] as const) {
        self[which][at(node, row)] = at(self[which], at(node, row)) + at(values[which], row);
      }
    }
    return { tree: withTotals(this.#shape, self), frames: this.#frames };
  }

  #grow(by: Grouping): FramedTree {
    const groups = this.page.groupings.find((grouping) => grouping.by === by)?.groups ?? [];
    const { node, thread, values } = this.#ends;
    // Stacks without a thread stay beside the groups.
    const rows = new Map<number, number[]>();
    for (let row = 0; row < node.length; row++) {
      const group = groups[at(thread, row)] ?? -1;
      const members = rows.get(group);
      if (members) members.push(row);
      else rows.set(group, [row]);
    }
    const tree = new GrowingTree();
    const frames = [...this.#frames];
    const places = new Int32Array(this.#shape.nodes).fill(-1);
    for (const [group, members] of rows) {
      let root = 0;
      if (group >= 0) {
        root = tree.child(0, frames.push(groupFrame(this.page.strings[group] ?? '')) - 1, NO_CATEGORY);
      }
      const touched: number[] = [];
      places[0] = root;
      for (const row of members) {
        const end = this.#place(at(node, row), places, tree, touched);
        tree.add(end, at(values[0], row), at(values[1], row));
      }
      for (const each of touched) places[each] = -1;
    }
    return { tree: tree.finish().tree, frames };
  }

  /** The node of a growing tree for a node of the whole one, made with its callers where they are missing. */
  #place(node: number, places: Int32Array, tree: GrowingTree, touched: number[]): number {
    const missing: number[] = [];
    let known = node;
    while (at(places, known) < 0) {
      missing.push(known);
      known = at(this.#shape.parent, known);
    }
    let place = at(places, known);
    for (const each of missing.reverse()) {
      place = tree.child(place, at(this.#shape.frame, each), at(this.#shape.category, each));
      places[each] = place;
      touched.push(each);
    }
    return place;
  }
}

/** The root of a group's stacks. */
function groupFrame(name: string): NamedFrame {
  return { name, file: '', module: '', function: -1, line: 0, kind: 'thread' };
}

function unpackEnds(bytes: Uint8Array, { ends: { rows }, scale }: PageData): Ends {
  const none = new Float64Array(rows);
  const [steps = none, threads = none, first = none, second = none] = unpackColumns(bytes, 4, rows);
  let last = 0;
  return {
    node: Int32Array.from(steps, (step) => (last += step)),
    thread: Int32Array.from(threads, (thread) => thread - 1),
    values: [first.map((value) => value / scale), second.map((value) => value / scale)],
  };
}
