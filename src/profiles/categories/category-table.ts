import { CATEGORIES, type Category } from '../../model/category.js';
import { cpuUsPerRequest, profileSize, type ShareInterval, shareInterval, shareOf } from '../measures.js';
import type { CategorisedProfile } from './categorise.js';

/** What is spent on a category. */
export interface CategoryTotal {
  category: Category;
  samples: number;
  /** In the profile's unit. */
  weight: number;
  /** Of the profile's weight, 0 to 1. */
  share: number;
  /** 95 % confidence. */
  shareInterval: ShareInterval;
  /** Null without a load by gatebench, or if the profile doesn't count CPU time. */
  cpuUsPerRequest: number | null;
}

/** The totals of all categories, in their order, zeros included. */
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

/** The names of categories in sentences and tables. */
export const CATEGORY_NAMES: Readonly<Record<Category, string>> = {
  network: 'network',
  http: 'HTTP',
  tls: 'TLS',
  json: 'JSON',
  compression: 'compression',
  own: 'own code',
  auth: 'authentication',
  routing: 'routing',
  logging: 'logging and metrics',
  allocation: 'allocation',
  gc: 'garbage collection',
  locks: 'locks',
  scheduling: 'scheduling',
  runtime: 'language runtime',
  'kernel-other': 'other kernel work',
  unknown: 'unknown',
};

/** A gateway's real work, beside forwarding bytes. */
export const OWN_CATEGORIES: readonly Category[] = ['own', 'auth', 'routing', 'logging'];
