import type { Category } from '../../model/category.js';
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

/** The call tree of a profile, root first. Takes time in proportion to the frames of all stacks. */
export function callTree({ profile, frameCategories }: CategorisedProfile): CallNode {
  const root = node(-1, 'unknown');
  const index = new ChildIndex<CallNode>();
  for (const [which, { frames, samples, weight }] of profile.stacks.entries()) {
    const categories = frameCategories[which];
    let at = root;
    root.samples += samples;
    root.weight += weight;
    for (const [depth, frame] of frames.entries()) {
      at = index.childOf(at, frame, () => node(frame, categories?.[depth] ?? 'unknown'));
      at.samples += samples;
      at.weight += weight;
    }
    at.selfSamples += samples;
    at.selfWeight += weight;
  }
  for (const { children } of index.parents) children.sort((a, b) => b.weight - a.weight || a.frame - b.frame);
  return root;
}

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
