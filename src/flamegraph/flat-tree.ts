import { CATEGORIES, type Category } from '../model/category.js';
import { packColumns } from './view/packed-columns.js';

/** A node of any call tree, with what a page draws of it: see `PageData.columns`. */
export interface PackableNode<Node> {
  frame: number;
  category: Category;
  /** Integers from 0. */
  self: [number, number];
  children: readonly Node[];
}

/**
 * A tree as packed columns, in preorder.
 * @param read what to pack of a node; the order of its children is kept
 */
export function packTree<Node>(
  root: Node,
  read: (node: Node) => PackableNode<Node>,
): { nodes: number; bytes: Uint8Array } {
  const frames: number[] = [];
  const categories: number[] = [];
  const rises: number[] = [];
  const first: number[] = [];
  const second: number[] = [];
  // A list of its own instead of recursion: stacks may be deeper than JavaScript's.
  const waiting: { node: Node; depth: number }[] = [{ node: root, depth: 0 }];
  let previousDepth = -1;
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const { frame, category, self, children } = read(entry.node);
    frames.push(frame + 1);
    categories.push(CATEGORIES.indexOf(category));
    rises.push(previousDepth + 1 - entry.depth);
    first.push(self[0]);
    second.push(self[1]);
    previousDepth = entry.depth;
    for (let index = children.length - 1; index >= 0; index--) {
      const child = children[index];
      if (child !== undefined) waiting.push({ node: child, depth: entry.depth + 1 });
    }
  }
  return { nodes: frames.length, bytes: packColumns([frames, categories, rises, first, second]) };
}
