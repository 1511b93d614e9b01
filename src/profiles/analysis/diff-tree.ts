import type { Category } from '../../model/category.js';
import type { CategorisedProfile } from '../categories/categorised-profile.js';
import { ChildIndex } from './child-index.js';
import type { DiffNode } from './profile-diff.js';

function emptyNode(frame: number, category: Category): DiffNode {
  return { frame, category, before: 0, after: 0, selfBefore: 0, selfAfter: 0, children: [] };
}

/** Two profiles' stacks in one call tree. */
export class DiffTree {
  readonly #root = emptyNode(-1, 'unknown');
  readonly #index = new ChildIndex<DiffNode>();

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
      const categories = frameCategories[index];
      let at = this.#root;
      at[side] += value;
      for (const [depth, frame] of frames.entries()) {
        const id = functionOf[frame] ?? -1;
        at = this.#index.childOf(at, id, () => emptyNode(id, categories?.[depth] ?? 'unknown'));
        at[side] += value;
      }
      at[self] += value;
    }
  }

  /** The root, with children in order. */
  sorted(): DiffNode {
    const size = ({ before, after }: DiffNode) => Math.max(before, after);
    for (const { children } of this.#index.parents) {
      children.sort((a, b) => size(b) - size(a) || a.frame - b.frame);
    }
    return this.#root;
  }
}
