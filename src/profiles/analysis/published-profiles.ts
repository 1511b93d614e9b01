import { formatSampledShare } from '../../lib/format.js';
import type { Category } from '../../model/category.js';
import type { FrameMatch, ProfileCheck, PublishedProfile } from '../../model/claims.js';
import type { Frame, Profile } from '../../model/profile.js';
import type { CategorisedProfile } from '../categories/categorise.js';
import { CATEGORY_NAMES } from '../categories/category-table.js';
import { formatInterval, formatSamples } from '../format-figures.js';
import { profileSize, shareInterval, shareOf } from '../measures.js';

/** A published claim about a profile, checked against ours. */
interface PublishedVerdict {
  published: PublishedProfile;
  verdict: Verdict;
  /** One per check, in order. */
  results: CheckResult[];
}

/** Differs if any check does; reproduced, or new, only if all are. */
function combine(results: readonly CheckResult[]): Verdict {
  const verdicts = results.map(({ verdict }) => verdict);
  if (verdicts.includes('differs')) return 'differs';
  const [first = 'not-comparable'] = verdicts;
  return verdicts.every((verdict) => verdict === first) ? first : 'not-comparable';
}

const notComparable = (found: string): CheckResult => ({ verdict: 'not-comparable', found, figure: null });

/**
 * Checks published claims against our profiles. A gateway's profiles count whatever their variant, the default one first.
 * Profiler and VUs must be those of the claim.
 */
export function publishedVerdicts(
  published: readonly PublishedProfile[],
  ours: readonly CategorisedProfile[],
): PublishedVerdict[] {
  return published.map((sentence) => {
    const candidates = ours
      .filter(({ profile }) => profile.meta.subject?.label.split(':')[0] === sentence.gateway)
      .toSorted((a, b) => labelLength(a) - labelLength(b));
    const results = sentence.checks.map((check) => runCheck(check, sentence, candidates));
    return { published: sentence, verdict: combine(results), results };
  });
}

/** `ferro` comes before `ferro:1.4.4`. */
const labelLength = ({ profile }: CategorisedProfile) => profile.meta.subject?.label.length ?? 0;

function runCheck(
  check: ProfileCheck,
  { vus, gateway }: PublishedProfile,
  candidates: readonly CategorisedProfile[],
): CheckResult {
  if (check.kind === 'not-captured') return checkCaptured(gateway, candidates);
  const sameProfiler = candidates.filter(({ profile }) => profile.meta.profiler === check.profiler);
  const sameLoad = sameProfiler.find(({ profile }) => vus === undefined || profile.meta.load?.vus === vus);
  if (sameLoad) return checkProfile(check, sameLoad);
  const [other] = sameProfiler;
  if (!other) return notComparable(`There is no ${check.profiler} profile of ${gateway} in this run.`);
  const load = other.profile.meta.load;
  const { found, figure } = checkProfile(check, other);
  const here = load === null ? 'without a known load' : `at ${load.vus} VUs`;
  return { verdict: 'not-comparable', found: `Published at ${vus} VUs, measured ${here}: ${found}`, figure };
}

function checkCaptured(gateway: string, candidates: readonly CategorisedProfile[]): CheckResult {
  if (candidates.length === 0) return notComparable(`There is no profile of ${gateway} in this run either.`);
  const here = candidates.map(({ profile }) => {
    const { samples } = profileSize(profile);
    return `${profile.meta.profiler ?? profile.meta.tool ?? 'imported'}, ${formatSamples(samples)}`;
  });
  return { verdict: 'new', found: `Captured in this run: ${here.join('; ')}.`, figure: null };
}

/** `new`: nothing was published, and there is something now. */
export type Verdict = 'reproduced' | 'differs' | 'new' | 'not-comparable';

/** The result of one check of a published claim. */
interface CheckResult {
  verdict: Verdict;
  /** In a sentence, with figures. */
  found: string;
  /** The share found, 0 to 1, and the number of samples; null for checks without a share. */
  figure: { share: number; samples: number } | null;
}

/**
 * A share counts as reproduced within a quarter of the published one, or within 2 points if that is more: machine, kernel
 * and mock differ, and figures were published in whole percent. Otherwise it differs, unless the published value is in
 * our own 95 % interval: then there were too few samples.
 */
const RELATIVE_TOLERANCE = 0.25;
const ABSOLUTE_TOLERANCE = 0.02;

/** With fewer samples even a match could be luck: the interval of 10 % is wider than 5 to 17 %. */
const MIN_SAMPLES = 100;

export function compareShare(share: number, samples: number, published: number): Verdict {
  if (samples < MIN_SAMPLES) return 'not-comparable';
  const tolerance = Math.max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * published);
  // Allow for rounding: a difference equal to the tolerance is within it.
  if (Math.abs(share - published) <= tolerance + 1e-9) return 'reproduced';
  const { low, high } = shareInterval(share, samples);
  return low <= published && published <= high ? 'not-comparable' : 'differs';
}

const plainName = (pattern: string) => pattern.replaceAll(/\(\^\|[^)]*\)|[\^$\\]/g, '');

const tooFew = (samples: number) => (samples < MIN_SAMPLES ? ` Based on only ${formatSamples(samples)}.` : '');

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
    found: `${formatSampledShare(share)} (${interval}) ${where} ${plainName(check.frame.name ?? check.frame.file ?? '')}, published ${formatSampledShare(check.value)}.${tooFew(whole.samples)}`,
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
    .map(([category, part]) => `${CATEGORY_NAMES[category]} ${formatSampledShare(shareOf(part, weight))}`);
  const { low, high } = shareInterval(share, samples);
  return {
    // Whether the published cause is the main one; undecided if the interval allows both.
    verdict: low > 0.5 ? 'reproduced' : high < 0.5 ? 'differs' : 'not-comparable',
    found: `Callers of ${name}, in ${formatSamples(samples)}: ${causes.join(', ')}; published: ${CATEGORY_NAMES[check.category]}.`,
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
    found: `${formatSampledShare(share)} (${formatInterval({ low, high })}) go through ${names}, ${formatSampledShare(shareOf(atEnd.weight, whole.weight))} through the last one by any path; hot means at least ${formatSampledShare(check.atLeast)}.`,
    figure: { share, samples: whole.samples },
  };
}

/** Runs a check against a profile. */
function checkProfile(
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

/** Which of a profile's frames match a pattern, parallel to `frames`. */
function matchingFrames({ frames }: Profile, { name, file }: FrameMatch): boolean[] {
  const namePattern = name === undefined ? null : new RegExp(name);
  const filePattern = file === undefined ? null : new RegExp(file);
  const holds = (frame: Frame) =>
    (namePattern?.test(frame.name) ?? true) && (filePattern?.test(frame.file ?? '') ?? true);
  return frames.map(holds);
}

/** Samples and weight of stacks with a property. */
function stacksWhere(
  { stacks }: Profile,
  holds: (frames: readonly number[], index: number) => boolean,
): { samples: number; weight: number } {
  let samples = 0;
  let weight = 0;
  for (const [index, stack] of stacks.entries()) {
    if (!holds(stack.frames, index)) continue;
    samples += stack.samples;
    weight += stack.weight;
  }
  return { samples, weight };
}

/** Whether a stack contains these steps in order, possibly with other frames between them. @param steps see matchingFrames */
function followsPath(frames: readonly number[], steps: readonly (readonly boolean[])[]): boolean {
  let step = 0;
  for (const frame of frames) {
    if (step < steps.length && steps[step]?.[frame]) step += 1;
  }
  return step === steps.length;
}
