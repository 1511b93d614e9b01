import { unpackColumns } from './page-data.js';

/**
 * A call tree as flat arrays in preorder. Nothing recurses through it, so stacks may be of any depth, and a million nodes
 * take a few dozen megabytes.
 */
export interface TreeModel {
  nodes: number;
  /** Index of the frame; -1 for the root, which is node 0. */
  frame: Int32Array;
  category: Uint8Array;
  /** -1 for the root. */
  parent: Int32Array;
  depth: Int32Array;
  /** The first node after the subtree: nodes i + 1 to end[i] - 1 are below node i. */
  end: Int32Array;
  /** Levels below it. */
  height: Int32Array;
  /** Two values, each for the node itself and with everything below it. */
  self: [Float64Array, Float64Array];
  total: [Float64Array, Float64Array];
}

const COLUMNS = 5;

/** @param bytes packed columns, as the page's data describes them */
export function treeModel(bytes: Uint8Array, nodes: number): TreeModel {
  const empty = new Float64Array(nodes);
  const [frames = empty, categories = empty, rises = empty, first = empty, second = empty] = unpackColumns(
    bytes,
    COLUMNS,
    nodes,
  );
  const tree: TreeModel = {
    nodes,
    frame: Int32Array.from(frames, (frame) => frame - 1),
    category: Uint8Array.from(categories),
    parent: new Int32Array(nodes).fill(-1),
    depth: new Int32Array(nodes),
    end: new Int32Array(nodes),
    height: new Int32Array(nodes),
    self: [first, second],
    total: [first.slice(), second.slice()],
  };
  placeNodes(tree, rises);
  addUp(tree);
  return tree;
}

/** Sets parents and depths: a node is a child of the previous node, or of the one `rise` levels above that. */
function placeNodes({ nodes, parent, depth }: TreeModel, rises: Float64Array): void {
  for (let node = 1; node < nodes; node++) {
    let above = node - 1;
    for (let rise = at(rises, node); rise > 0; rise--) above = at(parent, above);
    parent[node] = above;
    depth[node] = at(depth, above) + 1;
  }
}

/** Sets totals, heights and ends, from last to first, since children come after their parents. */
function addUp({ nodes, parent, end, height, total }: TreeModel): void {
  for (let node = nodes - 1; node > 0; node--) {
    const above = at(parent, node);
    for (const values of total) values[above] = at(values, above) + at(values, node);
    end[node] = Math.max(at(end, node), node + 1);
    end[above] = Math.max(at(end, above), at(end, node));
    height[above] = Math.max(at(height, above), at(height, node) + 1);
  }
  end[0] = nodes;
}

/** An element at a valid index. */
export function at(values: Int32Array | Float64Array | Uint8Array, index: number): number {
  return values[index] ?? 0;
}
