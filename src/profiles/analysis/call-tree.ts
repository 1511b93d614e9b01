import type { Category } from '../../model/category.js';
import type { StackSamples } from '../../model/profile.js';
import type { CategorisedProfile } from '../categories/categorise.js';

/** A function in one place of the call tree. Stacks with the same callers share nodes. */
export interface CallNode {
  /** Index into `profile.frames`; -1 for the root, which holds all samples. */
  frame: number;
  /** What the frame's own time is spent on; `unknown` for the root, which has none. */
  category: Category;
  /** With everything below it. */
  samples: number;
  /** With everything below it, in the profile's unit. */
  weight: number;
  /** Of stacks that end here. */
  selfSamples: number;
  selfWeight: number;
  /** Heaviest first. */
  children: CallNode[];
}

/** An empty node. */
function node(frame: number, category: Category): CallNode {
  return { frame, category, samples: 0, weight: 0, selfSamples: 0, selfWeight: 0, children: [] };
}

interface CallTreeOptions {
  /** What functions with a smaller share call is left out, and their self time; 0 by default. */
  minShare?: number;
}

/** The call tree of a profile, root first. Takes time in proportion to the frames of all stacks. */
export function callTree(
  { profile, frameCategories }: CategorisedProfile,
  { minShare = 0 }: CallTreeOptions = {},
): CallNode {
  const { stacks } = profile;
  const root = node(-1, 'unknown');
  for (const { samples, weight } of stacks) {
    root.samples += samples;
    root.weight += weight;
  }
  const minWeight = minShare * root.weight;
  const waiting: Branch[] = [{ node: root, depth: 0, members: [...stacks.keys()] }];
  for (let branch = waiting.pop(); branch; branch = waiting.pop()) {
    const { depth } = branch;
    const children = new Map<number, Branch>();
    for (const index of branch.members) {
      const { frames, samples, weight } = stacks[index] ?? NO_SAMPLES;
      const frame = frames[depth];
      if (frame === undefined) {
        branch.node.selfSamples += samples;
        branch.node.selfWeight += weight;
        continue;
      }
      let child = children.get(frame);
      if (!child) {
        const category = frameCategories[index]?.[depth] ?? 'unknown';
        child = { node: node(frame, category), depth: depth + 1, members: [] };
        children.set(frame, child);
      }
      child.node.samples += samples;
      child.node.weight += weight;
      child.members.push(index);
    }
    for (const child of children.values()) {
      branch.node.children.push(child.node);
      if (child.node.weight >= minWeight) waiting.push(child);
    }
    branch.node.children.sort((a, b) => b.weight - a.weight || a.frame - b.frame);
  }
  return root;
}

/** A node whose children aren't known yet. */
interface Branch {
  node: CallNode;
  depth: number;
  /** Indices of the stacks that go through it. */
  members: number[];
}

const NO_SAMPLES: StackSamples = { frames: [], samples: 0, weight: 0 };

/** A node of a tree of frames. */
interface Grown<Node> {
  frame: number;
  children: Node[];
}

/** Up to this many children a linear search is faster, and a map per node would dominate the tree's memory. */
const FEW_CHILDREN = 8;

/** Finds children by frame while a tree is built, and adds new ones. */
export class ChildIndex<Node extends Grown<Node>> {
  readonly #byFrame = new Map<Node, Map<number, Node>>();

  /** All nodes with children, for sorting the finished tree. */
  readonly parents: Node[] = [];

  childOf(parent: Node, frame: number, create: () => Node): Node {
    const { children } = parent;
    const index = this.#byFrame.get(parent);
    const known = index ? index.get(frame) : children.find((child) => child.frame === frame);
    if (known) return known;
    const child = create();
    if (children.length === 0) this.parents.push(parent);
    children.push(child);
    if (index) index.set(frame, child);
    else if (children.length > FEW_CHILDREN) {
      this.#byFrame.set(parent, new Map(children.map((each) => [each.frame, each])));
    }
    return child;
  }
}
