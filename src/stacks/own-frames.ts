import type { Profile } from '../model/profile.js';
import { OWN_CATEGORIES } from './category-words.js';
import { RuleBook } from './rule-book.js';

/**
 * Which frames are functions that the gateway's makers wrote, parallel to `frames`: those that the gateway's own rules
 * know as such, and what counts as a program's own in any program. A library that it routes with isn't.
 */
export function ownFrames({ frames, meta }: Profile): boolean[] {
  const book = new RuleBook(meta.rules);
  return frames.map((frame) => {
    const first = book.first(frame, false);
    return first !== null && (first.own ? OWN_CATEGORIES.includes(first.category) : first.category === 'own');
  });
}
