import type { ProfileCheck, PublishedProfile } from '../../model/claims.js';
import type { CategorisedProfile } from '../categories/categorised-profile.js';
import { profileSize } from '../profile-size.js';
import { formatSamples } from './format-share.js';
import { type CheckResult, checkProfile, type Verdict } from './profile-check.js';

/** A published sentence on a profile, and what ours says to it. */
export interface PublishedVerdict {
  published: PublishedProfile;
  verdict: Verdict;
  /** One a check, in their order. */
  results: CheckResult[];
}

/** Differs where any check does; reproduced only where all are. */
function together(results: readonly CheckResult[]): Verdict {
  const verdicts = results.map(({ verdict }) => verdict);
  if (verdicts.includes('differs')) return 'differs';
  return verdicts.every((verdict) => verdict === 'reproduced') ? 'reproduced' : 'not-comparable';
}

const notComparable = (found: string): CheckResult => ({ verdict: 'not-comparable', found, figure: null });

/**
 * Hold published sentences against our profiles. A gateway's own profiles count, whichever of its variants they are
 * of, as it comes before the others; the profiler and the VUs must be the published ones.
 */
export function publishedVerdicts(
  published: readonly PublishedProfile[],
  ours: readonly CategorisedProfile[],
): PublishedVerdict[] {
  return published.map((sentence) => {
    const candidates = ours
      .filter(({ profile }) => profile.meta.subject?.label.split(':')[0] === sentence.gateway)
      .toSorted((a, b) => labelLength(a) - labelLength(b));
    const results = sentence.checks.map((check) => resultOf(check, sentence, candidates));
    return { published: sentence, verdict: together(results), results };
  });
}

/** `ferro` comes before `ferro:1.4.4`. */
const labelLength = ({ profile }: CategorisedProfile) => profile.meta.subject?.label.length ?? 0;

function resultOf(
  check: ProfileCheck,
  { vus, gateway }: PublishedProfile,
  candidates: readonly CategorisedProfile[],
): CheckResult {
  if (check.kind === 'not-captured') return captured(gateway, candidates);
  const sameProfiler = candidates.filter(({ profile }) => profile.meta.profiler === check.profiler);
  const sameLoad = sameProfiler.find(({ profile }) => vus === undefined || profile.meta.load?.vus === vus);
  if (sameLoad) return checkProfile(check, sameLoad);
  const [other] = sameProfiler;
  if (!other) return notComparable(`No profile of ${gateway} by ${check.profiler} here.`);
  const load = other.profile.meta.load;
  const { found, figure } = checkProfile(check, other);
  const here = load === null ? 'without a known load' : `at ${load.vus} VUs`;
  return { verdict: 'not-comparable', found: `Published at ${vus} VUs, here ${here}: ${found}`, figure };
}

function captured(gateway: string, candidates: readonly CategorisedProfile[]): CheckResult {
  if (candidates.length === 0) return notComparable(`No profile of ${gateway} here either.`);
  const here = candidates.map(({ profile }) => {
    const { samples } = profileSize(profile);
    return `${profile.meta.profiler ?? profile.meta.tool ?? 'imported'}, ${formatSamples(samples)}`;
  });
  return { verdict: 'differs', found: `Captured here: ${here.join('; ')}.`, figure: null };
}
