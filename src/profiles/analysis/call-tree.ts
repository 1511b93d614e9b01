import type { Category } from '../../model/category.js';
import type { CategorisedProfile } from '../categories/categorised-profile.js';
import { ChildIndex } from './child-index.js';

/** A function in the place where it was called: all stacks that begin alike share their nodes. */
export interface CallNode {
  /** Index into `profile.frames`; -1 for the root, which stands for all samples. */
  frame: number;
  /** What time in this very frame, not in those it calls, is spent on; `unknown` for the root, which has none. */
  category: Category;
  /** Of this node and all below it. */
  samples: number;
  /** Of this node and all below it, in the profile's unit. */
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

/** The merged call tree of a profile, root first; 100,000 unique stacks take time in proportion to their frames. */
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
