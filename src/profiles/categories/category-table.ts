import { CATEGORIES, type Category } from '../../model/category.js';
import { cpuUsPerRequest } from '../analysis/per-request.js';
import { type ShareInterval, shareInterval } from '../analysis/share-interval.js';
import { profileSize, shareOf } from '../profile-size.js';
import type { CategorisedProfile } from './categorised-profile.js';

/** What was spent on one category. */
export interface CategoryTotal {
  category: Category;
  samples: number;
  /** In the profile's unit. */
  weight: number;
  /** Of the profile's weight, 0 to 1. */
  share: number;
  /** 95 % confidence. */
  shareInterval: ShareInterval;
  /** Null where there was no load of ours, or where CPU time isn't what was counted. */
  cpuUsPerRequest: number | null;
}

/** All categories in their order, those that nothing was spent on included: `unknown` is always shown. */
export function categoryTotals({ profile, stackCategories }: CategorisedProfile): CategoryTotal[] {
  const whole = profileSize(profile);
  const parts = new Map(CATEGORIES.map((category) => [category, { samples: 0, weight: 0 }]));
  for (const [index, { samples, weight }] of profile.stacks.entries()) {
    const part = parts.get(stackCategories[index] ?? 'unknown');
    if (!part) continue;
    part.samples += samples;
    part.weight += weight;
  }
  return [...parts].map(([category, { samples, weight }]) => {
    const share = shareOf(weight, whole.weight);
    return {
      category,
      samples,
      weight,
      share,
      shareInterval: shareInterval(share, whole.samples),
      cpuUsPerRequest: cpuUsPerRequest(weight, profile.meta),
    };
  });
}
