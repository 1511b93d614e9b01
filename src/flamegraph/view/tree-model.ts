/**
 * Frames in the order in which they are drawn, each before what it calls, as flat arrays in preorder. Nothing recurses
 * through it, so stacks may be of any depth, and a million nodes take a few dozen megabytes.
 */
export interface TreeShape {
  nodes: number;
  /** Index of the frame; -1 for the root, which is node 0. */
  frame: Int32Array;
  /** Index of the category; {@link NO_CATEGORY} for what isn't code. */
  category: Uint8Array;
  /** -1 for the root. */
  parent: Int32Array;
  depth: Int32Array;
  /** The first node after the subtree: nodes i + 1 to end[i] - 1 are below node i. */
  end: Int32Array;
}

/** A call tree, with values. */
export interface TreeModel extends TreeShape {
  /** Levels below it. */
  height: Int32Array;
  /** Two values, each for the node itself and with everything below it. */
  self: [Float64Array, Float64Array];
  total: [Float64Array, Float64Array];
}

/** The category of the root, and of frames that stand for a thread. */
export const NO_CATEGORY = 255;

/** The shape of a tree, given what its page stores of it. @param rises levels above a child of the previous node */
export function treeShape(frames: Float64Array, categories: Float64Array, rises: Float64Array): TreeShape {
  const nodes = frames.length;
  const parent = new Int32Array(nodes).fill(-1);
  for (let node = 1; node < nodes; node++) {
    let above = node - 1;
    for (let rise = at(rises, node); rise > 0; rise--) above = at(parent, above);
    parent[node] = above;
  }
  return shapeOf(
    Int32Array.from(frames, (frame) => frame - 1),
    Uint8Array.from(categories),
    parent,
  );
}

/** Adds depths and ends to a tree in preorder. */
export function shapeOf(frame: Int32Array, category: Uint8Array, parent: Int32Array): TreeShape {
  const nodes = frame.length;
  const depth = new Int32Array(nodes);
  const end = new Int32Array(nodes);
  for (let node = 1; node < nodes; node++) depth[node] = at(depth, at(parent, node)) + 1;
  // From last to first, since children come after their parents.
  for (let node = nodes - 1; node > 0; node--) {
    end[node] = Math.max(at(end, node), node + 1);
    const above = at(parent, node);
    end[above] = Math.max(at(end, above), at(end, node));
  }
  if (nodes > 0) end[0] = nodes;
  return { nodes, frame, category, parent, depth, end };
}

/** Adds totals and heights to a tree. */
export function withTotals(shape: TreeShape, self: [Float64Array, Float64Array]): TreeModel {
  const { nodes, parent } = shape;
  const height = new Int32Array(nodes);
  const total: [Float64Array, Float64Array] = [self[0].slice(), self[1].slice()];
  for (let node = nodes - 1; node > 0; node--) {
    const above = at(parent, node);
    for (const values of total) values[above] = at(values, above) + at(values, node);
    height[above] = Math.max(at(height, above), at(height, node) + 1);
  }
  return { ...shape, height, self, total };
}

/** An element at a valid index. */
export function at(values: Int32Array | Float64Array | Uint8Array, index: number): number {
  return values[index] ?? 0;
}
