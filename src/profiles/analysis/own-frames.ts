import type { Profile } from '../../model/profile.js';
import { OWN_CATEGORIES } from '../categories/format-category.js';
import { RuleBook } from '../categories/rule-book.js';

/** `border`: an event loop or the like, whose caller answers for nothing that it runs. */
export type FrameOwner = 'gateway' | 'border' | 'other';

/**
 * Whose functions a profile's frames are, parallel to `frames`. The gateway's makers wrote those that its own rules know
 * as such, and what counts as a program's own in any program. A library that it routes with isn't theirs.
 */
export function frameOwners({ frames, meta }: Profile): FrameOwner[] {
  const book = new RuleBook(meta.rules);
  return frames.map((frame) => {
    const first = book.first(frame, false);
    if (first === null) return 'other';
    if (first.category === 'unknown') return 'border';
    const theirs = first.own ? OWN_CATEGORIES.includes(first.category) : first.category === 'own';
    return theirs ? 'gateway' : 'other';
  });
}
