import type { Category } from '../../model/category.js';
import type { ProfileCheck } from '../../model/claims.js';
import type { CategorisedProfile } from '../categories/categorised-profile.js';
import { CATEGORY_WORDS } from '../categories/format-category.js';
import { profileSize, shareOf } from '../profile-size.js';
import { formatInterval, formatSamples, formatShare } from './format-share.js';
import { followsPath, matchingFrames, stacksWhere } from './frame-match.js';
import { shareInterval } from './share-interval.js';

export type Verdict = 'reproduced' | 'differs' | 'not-comparable';

/** What one check of a published sentence found. */
export interface CheckResult {
  verdict: Verdict;
  /** A sentence, with its figures. */
  found: string;
  /** The share that was found, 0 to 1, and of how many samples; null for checks without one. */
  figure: { share: number; samples: number } | null;
}

/**
 * A share counts as reproduced within a quarter of the published one, or within 2 points where that is more: the
 * machine, the kernel and the mock differ, and figures were published as whole percent. Outside of that it differs,
 * unless the published value lies in our own 95 % interval: then there were too few samples to tell.
 */
const RELATIVE_TOLERANCE = 0.25;
const ABSOLUTE_TOLERANCE = 0.02;

/** With fewer samples even a match could be luck: the interval of 10 % is then wider than 5 to 17 %. */
const FEWEST_SAMPLES = 100;

export function compareShare(share: number, samples: number, published: number): Verdict {
  if (samples < FEWEST_SAMPLES) return 'not-comparable';
  const tolerance = Math.max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * published);
  // Percent are published whole: what is off by the last digit of a double is on the edge, not beyond it.
  if (Math.abs(share - published) <= tolerance + 1e-9) return 'reproduced';
  const { low, high } = shareInterval(share, samples);
  return low <= published && published <= high ? 'not-comparable' : 'differs';
}

const plainName = (pattern: string) => pattern.replaceAll(/\(\^\|[^)]*\)|[\^$\\]/g, '');

const tooFew = (samples: number) => (samples < FEWEST_SAMPLES ? ` Of only ${formatSamples(samples)}.` : '');

function checkShare(check: Extract<ProfileCheck, { kind: 'share' }>, { profile }: CategorisedProfile): CheckResult {
  const matching = matchingFrames(profile, check.frame);
  const whole = profileSize(profile);
  const part = stacksWhere(profile, (frames) =>
    check.of === 'self' ? matching[frames.at(-1) ?? -1] === true : frames.some((frame) => matching[frame]),
  );
  const share = shareOf(part.weight, whole.weight);
  const where = check.of === 'self' ? 'in' : 'in or below';
  const interval = formatInterval(shareInterval(share, whole.samples));
  return {
    verdict: compareShare(share, whole.samples, check.value),
    found: `${formatShare(share)} (${interval}) ${where} ${plainName(check.frame.name ?? check.frame.file ?? '')}, published ${formatShare(check.value)}.${tooFew(whole.samples)}`,
    figure: { share, samples: whole.samples },
  };
}

function checkCause(check: Extract<ProfileCheck, { kind: 'cause' }>, categorised: CategorisedProfile): CheckResult {
  const { profile, stackCategories } = categorised;
  const matching = matchingFrames(profile, check.frame);
  const parts = new Map<Category, number>();
  let samples = 0;
  let weight = 0;
  for (const [index, stack] of profile.stacks.entries()) {
    if (!matching[stack.frames.at(-1) ?? -1]) continue;
    const category = stackCategories[index] ?? 'unknown';
    parts.set(category, (parts.get(category) ?? 0) + stack.weight);
    samples += stack.samples;
    weight += stack.weight;
  }
  const name = plainName(check.frame.name ?? check.frame.file ?? '');
  if (samples === 0) return { verdict: 'not-comparable', found: `No stack ends in ${name}.`, figure: null };
  const share = shareOf(parts.get(check.category) ?? 0, weight);
  const causes = [...parts]
    .sort(([, a], [, b]) => b - a)
    .map(([category, part]) => `${CATEGORY_WORDS[category]} ${formatShare(shareOf(part, weight))}`);
  const { low, high } = shareInterval(share, samples);
  return {
    // The published cause is the main one, or it isn't: undecided where the interval holds both.
    verdict: low > 0.5 ? 'reproduced' : high < 0.5 ? 'differs' : 'not-comparable',
    found: `What called ${name}, by ${formatSamples(samples)}: ${causes.join(', ')}; published: ${CATEGORY_WORDS[check.category]}.`,
    figure: { share, samples },
  };
}

function checkPath(check: Extract<ProfileCheck, { kind: 'path' }>, { profile }: CategorisedProfile): CheckResult {
  const steps = check.path.map((step) => matchingFrames(profile, step));
  const whole = profileSize(profile);
  const along = stacksWhere(profile, (frames) => followsPath(frames, steps));
  const last = steps.slice(-1);
  const atEnd = stacksWhere(profile, (frames) => followsPath(frames, last));
  const share = shareOf(along.weight, whole.weight);
  const { low, high } = shareInterval(share, whole.samples);
  const names = check.path.map(({ name, file }) => plainName(name ?? file ?? '')).join(' → ');
  return {
    verdict: low >= check.atLeast ? 'reproduced' : high < check.atLeast ? 'differs' : 'not-comparable',
    found: `${formatShare(share)} (${formatInterval({ low, high })}) go through ${names}, ${formatShare(shareOf(atEnd.weight, whole.weight))} through the last of them at all; hot is taken as ${formatShare(check.atLeast)}.`,
    figure: { share, samples: whole.samples },
  };
}

/** Hold one of our profiles against a check that needs one. */
export function checkProfile(
  check: Exclude<ProfileCheck, { kind: 'not-captured' }>,
  categorised: CategorisedProfile,
): CheckResult {
  switch (check.kind) {
    case 'share':
      return checkShare(check, categorised);
    case 'cause':
      return checkCause(check, categorised);
    case 'path':
      return checkPath(check, categorised);
    default:
      return check satisfies never;
  }
}
