import { at, NO_CATEGORY, shapeOf, type TreeModel, withTotals } from './tree-model.js';

/** A call tree while it is built, from stacks in any order. */
export class GrowingTree {
  readonly #frame = [-1];
  readonly #category = [NO_CATEGORY];
  readonly #parent = [-1];
  readonly #self: [number[], number[]] = [[0], [0]];
  /** Children by parent and frame, in one hash table of node + 1: maps take three times as long, and most of the memory. */
  #slots = new Int32Array(1024);

  get nodes(): number {
    return this.#frame.length;
  }

  /** Returns the parent's child with this frame, adding it if it is new. The root is node 0. */
  child(parent: number, frame: number, category: number): number {
    const slot = this.#slotOf(parent, frame);
    const known = at(this.#slots, slot) - 1;
    if (known >= 0) return known;
    const node = this.#frame.push(frame) - 1;
    this.#category.push(category);
    this.#parent.push(parent);
    this.#self[0].push(0);
    this.#self[1].push(0);
    this.#slots[slot] = node + 1;
    if (this.nodes * 2 > this.#slots.length) this.#rehash();
    return node;
  }

  /** The slot of a child, or the free one that it would take. */
  #slotOf(parent: number, frame: number): number {
    const mask = this.#slots.length - 1;
    // Knuth's multiplicative hashing; the upper bits are the better ones.
    const mixed = Math.imul(Math.imul(parent, 0x9e3779b1) ^ frame, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    for (let node = at(this.#slots, slot) - 1; node >= 0; node = at(this.#slots, slot) - 1) {
      if (this.#parent[node] === parent && this.#frame[node] === frame) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let node = 1; node < this.nodes; node++) {
      this.#slots[this.#slotOf(this.#parent[node] ?? 0, this.#frame[node] ?? 0)] = node + 1;
    }
  }

  /** Adds values of stacks that end at a node. */
  add(node: number, first: number, second: number): void {
    this.#self[0][node] = (this.#self[0][node] ?? 0) + first;
    this.#self[1][node] = (this.#self[1][node] ?? 0) + second;
  }

  /**
   * The finished tree, children by their greater value, largest first.
   * @returns the tree, and for each node of this one its place there
   */
  finish(): { tree: TreeModel; places: Int32Array } {
    const nodes = this.nodes;
    const order = this.#preorder(this.#sizes());
    const places = new Int32Array(nodes);
    const frame = new Int32Array(nodes);
    const category = new Uint8Array(nodes);
    const parent = new Int32Array(nodes).fill(-1);
    const self: TreeModel['self'] = [new Float64Array(nodes), new Float64Array(nodes)];
    for (let place = 0; place < nodes; place++) {
      const node = at(order, place);
      places[node] = place;
      frame[place] = this.#frame[node] ?? -1;
      category[place] = this.#category[node] ?? NO_CATEGORY;
      // Parents come before their children, so their places are known.
      if (place > 0) parent[place] = at(places, this.#parent[node] ?? 0);
      self[0][place] = this.#self[0][node] ?? 0;
      self[1][place] = this.#self[1][node] ?? 0;
    }
    return { tree: withTotals(shapeOf(frame, category, parent), self), places };
  }

  /** The greater of the two totals of each node. Parents are older than their children. */
  #sizes(): Float64Array {
    const [first, second] = this.#self.map((values) => Float64Array.from(values)) as [Float64Array, Float64Array];
    for (let node = this.nodes - 1; node > 0; node--) {
      const above = this.#parent[node] ?? 0;
      first[above] = at(first, above) + at(first, node);
      second[above] = at(second, above) + at(second, node);
    }
    return first.map((value, node) => Math.max(value, at(second, node)));
  }

  #preorder(size: Float64Array): Int32Array {
    const nodes = this.nodes;
    // Each node's children side by side, as a counting sort by parent leaves them.
    const firstChild = new Int32Array(nodes + 1);
    for (let node = 1; node < nodes; node++) {
      const after = (this.#parent[node] ?? 0) + 1;
      firstChild[after] = at(firstChild, after) + 1;
    }
    for (let node = 0; node < nodes; node++) firstChild[node + 1] = at(firstChild, node + 1) + at(firstChild, node);
    const children = new Int32Array(nodes);
    const next = firstChild.slice();
    for (let node = 1; node < nodes; node++) {
      const parent = this.#parent[node] ?? 0;
      const place = at(next, parent);
      children[place] = node;
      next[parent] = place + 1;
    }
    const order = new Int32Array(nodes);
    const waiting = [0];
    let place = 0;
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      order[place++] = node;
      const own = children.subarray(at(firstChild, node), at(firstChild, node + 1));
      // Smallest first, since the last one is taken next. Older ones first where they are equal.
      if (own.length > 1) own.sort((a, b) => at(size, a) - at(size, b) || b - a);
      for (const child of own) waiting.push(child);
    }
    return order;
  }
}
