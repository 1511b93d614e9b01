import type { VisibleCall } from './time-chart.js';
import type { TreeShape } from './tree-model.js';
import type { Visible, VisibleNode } from './visible-nodes.js';

/** A frame's rectangle in a drawing. */
export interface Box {
  /** The tree that it is of. */
  tree: TreeShape;
  node: number;
  x: number;
  widthPx: number;
  /** From the top. */
  row: number;
  /** Whether it is a caller of the zoomed frame, drawn at full width and faded. */
  fade: boolean;
  /** If not 0, this frame stands for that many hidden callers. */
  hiddenCallers: number;
  /** Levels below that are hidden until it is zoomed to. */
  hiddenLevels: number;
  /** Calls that it stands for, because each is too narrow: 1 for itself alone. */
  calls: number;
}

/** All boxes, and the number of rows. */
export interface Layout {
  boxes: Box[];
  rows: number;
}

/** @param icicle whether the root is at the top */
export function flameLayout(tree: TreeShape, { root, rows }: Visible, widthPx: number, icicle: boolean): Layout {
  const boxes: Box[] = [];
  const waiting: { visible: VisibleNode; x: number; level: number }[] = [{ visible: root, x: 0, level: 0 }];
  const pxPerValue = root.value > 0 ? widthPx / root.value : 0;
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const { visible, x, level } = entry;
    const { children, value, ...rest } = visible;
    boxes.push({
      ...rest,
      tree,
      x,
      widthPx: value * pxPerValue,
      row: icicle ? level : rows - 1 - level,
      calls: 1,
    });
    let from = x;
    for (const child of children) {
      waiting.push({ visible: child, x: from, level: level + 1 });
      from += child.value * pxPerValue;
    }
  }
  return { boxes, rows };
}

/** Callers above, callees below, and the function, of which both have a row, once between them. */
export function sandwichLayout(
  callers: { tree: TreeShape; visible: Visible },
  callees: { tree: TreeShape; visible: Visible },
  widthPx: number,
): Layout {
  const above = flameLayout(callers.tree, callers.visible, widthPx, false);
  const below = flameLayout(callees.tree, callees.visible, widthPx, true);
  return {
    boxes: [
      ...above.boxes.filter(({ row }) => row < above.rows - 1),
      ...below.boxes.map((box) => ({ ...box, row: box.row + above.rows - 1 })),
    ],
    rows: above.rows + below.rows - 1,
  };
}

export function timeLayout(tree: TreeShape, calls: readonly VisibleCall[]): Layout {
  const boxes = calls.map(
    ({ level, ...call }): Box => ({ ...call, tree, row: level, fade: false, hiddenCallers: 0, hiddenLevels: 0 }),
  );
  return { boxes, rows: Math.max(0, ...calls.map(({ level }) => level + 1)) };
}

/** Boxes by row, from left to right, for walking with arrow keys. */
export class BoxGrid {
  readonly #rows = new Map<number, Box[]>();

  constructor(boxes: readonly Box[]) {
    for (const box of boxes) {
      const row = this.#rows.get(box.row);
      if (row) row.push(box);
      else this.#rows.set(box.row, [box]);
    }
    for (const row of this.#rows.values()) row.sort((a, b) => a.x - b.x);
  }

  /** The neighbour in an arrow key's direction; null at the edge, and for other keys. */
  neighbour(box: Box, key: string): Box | null {
    const row = this.#rows.get(box.row) ?? [];
    switch (key) {
      case 'ArrowLeft':
        return row[row.indexOf(box) - 1] ?? null;
      case 'ArrowRight':
        return row[row.indexOf(box) + 1] ?? null;
      case 'ArrowUp':
        return this.#nearest(box, box.row - 1);
      case 'ArrowDown':
        return this.#nearest(box, box.row + 1);
      default:
        return null;
    }
  }

  /** The widest box of a row that is above or below a part of this one. */
  #nearest({ x, widthPx }: Box, row: number): Box | null {
    const overlap = (box: Box) => Math.min(box.x + box.widthPx, x + widthPx) - Math.max(box.x, x);
    let best: Box | null = null;
    for (const box of this.#rows.get(row) ?? []) {
      if (overlap(box) > 0.01 && (best === null || overlap(box) > overlap(best) + 0.01)) best = box;
    }
    return best;
  }
}
