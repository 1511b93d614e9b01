import { GrowingTree } from '../../src/flamegraph/view/growing-tree.js';
import type { NamedFrame } from '../../src/flamegraph/view/page-data.js';
import type { FramedTree } from '../../src/flamegraph/view/profile-model.js';
import type { TreeModel } from '../../src/flamegraph/view/tree-model.js';

/** A node of a tree as tests write it. */
export interface ExampleNode {
  /** By default the place among its siblings. */
  frame?: number;
  category?: number;
  self: [number, number];
  children: ExampleNode[];
}

export function treeOf(root: ExampleNode): TreeModel {
  const grown = new GrowingTree();
  const add = (example: ExampleNode, node: number): void => {
    grown.add(node, ...example.self);
    for (const [index, child] of example.children.entries()) {
      add(child, grown.child(node, child.frame ?? index, child.category ?? 0));
    }
  };
  add(root, 0);
  return grown.finish().tree;
}

/** A tree of stacks such as `main;parse`, with the weight of each. Each name is a function of its own. */
export function framedTreeOf(stacks: Record<string, number>): FramedTree & { indexOf(name: string): number } {
  const grown = new GrowingTree();
  const names: string[] = [];
  const indexOf = (name: string): number => {
    const known = names.indexOf(name);
    return known >= 0 ? known : names.push(name) - 1;
  };
  for (const [stack, weight] of Object.entries(stacks)) {
    const end = stack.split(';').reduce((node, name) => grown.child(node, indexOf(name), 0), 0);
    grown.add(end, weight, 1);
  }
  const frames = names.map(
    (name, index): NamedFrame => ({
      name,
      file: '',
      module: '',
      function: index,
      line: 0,
      kind: 'native',
    }),
  );
  return { tree: grown.finish().tree, frames, indexOf };
}
