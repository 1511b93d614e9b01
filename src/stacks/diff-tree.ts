import type { Category } from '../model/category.js';
import type { CategorisedProfile } from './categorised-profile.js';
import type { DiffNode } from './profile-diff.js';

function emptyNode(frame: number, category: Category): DiffNode {
  return { frame, category, before: 0, after: 0, selfBefore: 0, selfAfter: 0, children: [] };
}

/** Two profiles' stacks in one call tree. */
export class DiffTree {
  readonly #root = emptyNode(-1, 'unknown');
  readonly #childrenOf = new Map<DiffNode, Map<number, DiffNode>>();

  /**
   * @param functionOf for each of the profile's frames, its index in the frames that both share
   * @param scale what a unit of weight is in the diff's measure
   */
  add(
    side: 'before' | 'after',
    { profile, frameCategories }: CategorisedProfile,
    functionOf: readonly number[],
    scale: number,
  ): void {
    const self = side === 'before' ? 'selfBefore' : 'selfAfter';
    for (const [index, { frames, weight }] of profile.stacks.entries()) {
      const value = weight * scale;
      let at = this.#root;
      at[side] += value;
      for (const [depth, frame] of frames.entries()) {
        at = this.#child(at, functionOf[frame] ?? -1, frameCategories[index]?.[depth] ?? 'unknown');
        at[side] += value;
      }
      at[self] += value;
    }
  }

  /** The root, with children in order. */
  sorted(): DiffNode {
    const size = ({ before, after }: DiffNode) => Math.max(before, after);
    for (const { children } of this.#childrenOf.keys()) {
      children.sort((a, b) => size(b) - size(a) || a.frame - b.frame);
    }
    return this.#root;
  }

  #child(parent: DiffNode, frame: number, category: Category): DiffNode {
    const byFrame = this.#childrenOf.get(parent) ?? new Map<number, DiffNode>();
    const known = byFrame.get(frame);
    if (known) return known;
    const child = emptyNode(frame, category);
    this.#childrenOf.set(parent, byFrame.set(frame, child));
    parent.children.push(child);
    return child;
  }
}
