import { GrowingTree } from './growing-tree.js';
import type { FramedTree } from './profile-model.js';
import { at, type TreeModel } from './tree-model.js';

/** A function's own values, and those of all stacks that it is in, each counted once. */
export interface FunctionValues {
  function: number;
  /** Of its first value: see `PageData.ends`. */
  self: number;
  total: number;
}

/** All functions with a value, largest total first. */
export function functionValues({ tree, frames }: FramedTree, functions: number): FunctionValues[] {
  const self = new Float64Array(functions);
  const total = new Float64Array(functions);
  // Where the outermost call that the walk is in ends: calls inside it are part of it.
  const until = new Int32Array(functions);
  for (let node = 1; node < tree.nodes; node++) {
    const which = frames[at(tree.frame, node)]?.function ?? -1;
    if (which < 0) continue;
    self[which] = at(self, which) + at(tree.self[0], node);
    if (node < at(until, which)) continue;
    until[which] = at(tree.end, node);
    total[which] = at(total, which) + at(tree.total[0], node);
  }
  return [...total.keys()]
    .map((which) => ({ function: which, self: at(self, which), total: at(total, which) }))
    .filter((each) => each.total > 0)
    .sort((a, b) => b.total - a.total || b.self - a.self);
}

/** Both trees have the function as node 1, and the same total: of all stacks that it is in. */
export interface Sandwich {
  /** Upside down: a node's children call it. */
  callers: TreeModel;
  callees: TreeModel;
}

/**
 * What calls a function and what it calls, merged over all places where it is called. Of a function that calls itself the
 * outermost call counts, so that every stack counts once.
 */
export function sandwichOf({ tree, frames }: FramedTree, which: number): Sandwich {
  const calls: number[] = [];
  for (let node = 1; node < tree.nodes; ) {
    const isCall = frames[at(tree.frame, node)]?.function === which;
    if (isCall) calls.push(node);
    node = isCall ? at(tree.end, node) : node + 1;
  }
  // The heaviest call's frame and category stand for all of them.
  calls.sort((a, b) => at(tree.total[0], b) - at(tree.total[0], a));
  return { callers: callersOf(tree, calls), callees: calleesOf(tree, calls) };
}

function callersOf(tree: TreeModel, calls: readonly number[]): TreeModel {
  const grown = new GrowingTree();
  const [heaviest = 0] = calls;
  for (const call of calls) {
    let place = grown.child(0, at(tree.frame, heaviest), at(tree.category, heaviest));
    for (let node = at(tree.parent, call); node > 0; node = at(tree.parent, node)) {
      place = grown.child(place, at(tree.frame, node), at(tree.category, node));
    }
    grown.add(place, at(tree.total[0], call), at(tree.total[1], call));
  }
  return grown.finish().tree;
}

function calleesOf(tree: TreeModel, calls: readonly number[]): TreeModel {
  const grown = new GrowingTree();
  const [heaviest = 0] = calls;
  for (const call of calls) {
    // The places of the nodes from the call to the current one, by level.
    const path = [grown.child(0, at(tree.frame, heaviest), at(tree.category, heaviest))];
    for (let node = call; node < at(tree.end, call); node++) {
      const level = at(tree.depth, node) - at(tree.depth, call);
      if (level > 0) {
        path[level] = grown.child(path[level - 1] ?? 0, at(tree.frame, node), at(tree.category, node));
      }
      grown.add(path[level] ?? 0, at(tree.self[0], node), at(tree.self[1], node));
    }
  }
  return grown.finish().tree;
}
