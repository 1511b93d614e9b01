import type { Category } from '../../model/category.js';
import type { Profile } from '../../model/profile.js';

/** A profile of which every stack has a category. */
export interface CategorisedProfile {
  profile: Profile;
  /** Parallel to `profile.stacks`: what the stack's samples were spent on. */
  stackCategories: Category[];
  /** Parallel to `profile.stacks`: a category for each of the stack's frames, root first, for colours. */
  frameCategories: Category[][];
}
