import { formatMatches, leadsToMatch, type Matches, type Query, searchFrames } from '../view/frame-search.js';
import type { NamedFrame, PageData } from '../view/page-data.js';
import type { FramedTree } from '../view/profile-model.js';
import type { TreeShape } from '../view/tree-model.js';

/** The class of a frame while there is a search; empty without one. */
export type Mark = '' | 'match' | 'leads-to-match' | 'no-match';

/** What a search marks, in any tree of the profile. */
export class Marks {
  readonly query: Query | null;
  // By tree: views come and go, and so do their trees.
  readonly #matches = new WeakMap<TreeShape, Matches>();

  constructor(query: Query | null) {
    this.query = query;
  }

  /** @param frames of the tree */
  of(tree: TreeShape, frames: readonly NamedFrame[], node: number): Mark {
    const matches = this.#in(tree, frames);
    if (matches === null) return '';
    if (matches.nodes[node] === 1) return 'match';
    return leadsToMatch(tree, matches, node) ? 'leads-to-match' : 'no-match';
  }

  /** The result in words; empty without a query. @param isMarked whether any drawn frame matches */
  describe(page: PageData, { tree, frames }: FramedTree, isMarked: () => boolean): string {
    const found = this.#in(tree, frames);
    if (found === null) return '';
    const hidden = found.count > 0 && !isMarked();
    return `${formatMatches(page, tree, found)}${hidden ? ' · all too narrow to be drawn here: zoom into the highlighted frames' : ''}`;
  }

  #in(tree: TreeShape, frames: readonly NamedFrame[]): Matches | null {
    if (this.query === null) return null;
    const known = this.#matches.get(tree);
    if (known) return known;
    const found = searchFrames(tree, frames, this.query);
    this.#matches.set(tree, found);
    return found;
  }
}
