import { at, type TreeModel } from './tree-model.js';

/** A frame to draw, of a flame graph. */
export interface VisibleNode {
  /** Index in the tree. */
  node: number;
  /** The width, in the tree's values. */
  value: number;
  /** Whether it is a caller of the zoomed frame, drawn at full width and faded. */
  fade: boolean;
  /** If not 0, this frame represents that many hidden callers. */
  hiddenCallers: number;
  /** Levels below that are hidden until it is zoomed to. */
  hiddenLevels: number;
  children: VisibleNode[];
}

export interface Visible {
  root: VisibleNode;
  /** Frames drawn. */
  drawn: number;
  /** Frames below the zoomed one that aren't drawn, because they are too narrow or too deep. */
  tooNarrow: number;
  tooDeep: number;
  /** Rows of the drawing. */
  rows: number;
}

interface Limits {
  /** Of the drawing. */
  widthPx: number;
  /** Narrower frames aren't drawn. */
  minPx: number;
  /** The maximum number of frames, widest first: browsers draw thousands well, but not hundreds of thousands. */
  maxNodes: number;
  /** The maximum number of levels below the zoomed frame, for runaway recursion. */
  maxLevels: number;
  /** The maximum number of callers above it. */
  maxCallers: number;
}

/**
 * The part of the tree to draw: the zoomed frame, its callers at full width, and what it calls.
 * @param which of the two values gives the width
 */
export function visibleNodes(tree: TreeModel, focus: number, which: 0 | 1, limits: Limits): Visible {
  const total = tree.total[which];
  const focusValue = at(total, focus);
  const below = visibleBelow(tree, focus, which, limits);
  const callers = callersOf(tree, focus, limits.maxCallers, focusValue);
  let root = below.root;
  for (const caller of callers) root = { ...caller, children: [root] };
  return {
    root,
    drawn: below.drawn,
    tooNarrow: below.tooNarrow,
    tooDeep: below.tooDeep,
    rows: callers.length + below.rows,
  };
}

/** The same without callers of the zoomed frame. */
export function visibleBelow(tree: TreeModel, focus: number, which: 0 | 1, limits: Limits): Visible {
  const total = tree.total[which];
  let least = (at(total, focus) * limits.minPx) / limits.widthPx;
  while (count(tree, focus, total, least, limits) > limits.maxNodes) least *= 1.5;
  return growBelow(tree, focus, total, least, limits);
}

function isDrawn(value: number, least: number): boolean {
  return value > 0 && value >= least;
}

function count(tree: TreeModel, focus: number, total: Float64Array, least: number, limits: Limits): number {
  const deepest = at(tree.depth, focus) + limits.maxLevels;
  const end = at(tree.end, focus);
  let drawn = 0;
  for (let node = focus; node < end; ) {
    if (node !== focus && (!isDrawn(at(total, node), least) || at(tree.depth, node) > deepest))
      node = at(tree.end, node);
    else {
      drawn++;
      node++;
    }
  }
  return drawn;
}

function growBelow(tree: TreeModel, focus: number, total: Float64Array, least: number, limits: Limits): Visible {
  const top = at(tree.depth, focus);
  const end = at(tree.end, focus);
  const root = visible(focus, at(total, focus));
  // The nodes from the focus to the current one, by level.
  const path: VisibleNode[] = [root];
  const seen = { root, drawn: 1, tooNarrow: 0, tooDeep: 0, rows: 1 };
  for (let node = focus + 1; node < end; ) {
    const level = at(tree.depth, node) - top;
    const parent = path[level - 1];
    const below = at(tree.end, node) - node;
    if (!isDrawn(at(total, node), least)) {
      if (at(total, node) > 0) seen.tooNarrow += below;
      node += below;
    } else if (level > limits.maxLevels) {
      if (parent) parent.hiddenLevels = Math.max(parent.hiddenLevels, at(tree.height, node) + 1);
      seen.tooDeep += below;
      node += below;
    } else {
      const child = visible(node, at(total, node));
      path[level] = child;
      parent?.children.push(child);
      seen.drawn++;
      seen.rows = Math.max(seen.rows, level + 1);
      node++;
    }
  }
  return seen;
}

/** Callers, nearest first. Of too many, only the nearest, one frame for those in between, and the root. */
function callersOf(tree: TreeModel, focus: number, maxCallers: number, value: number): VisibleNode[] {
  const callers: VisibleNode[] = [];
  for (let node = at(tree.parent, focus); node >= 0; node = at(tree.parent, node)) {
    const hidden = at(tree.depth, node);
    const full = callers.length >= maxCallers && hidden > 1;
    callers.push({ ...visible(node, value), fade: true, hiddenCallers: full ? hidden : 0 });
    if (full) {
      callers.push({ ...visible(0, value), fade: true });
      break;
    }
  }
  return callers;
}

function visible(node: number, value: number): VisibleNode {
  return { node, value, fade: false, hiddenCallers: 0, hiddenLevels: 0, children: [] };
}
