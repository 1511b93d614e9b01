import { CATEGORIES } from '../../model/category.js';
import type { ProfileMeta } from '../../model/profile.js';
import type { CategorisedProfile } from '../categories/categorised-profile.js';
import { categoryTotals } from '../categories/category-table.js';
import { profileSize, shareOf } from '../profile-size.js';
import { DiffTree } from './diff-tree.js';
import { functionTotals } from './function-totals.js';
import { NormalisedFrames } from './normalised-frames.js';
import { cpuUsPerRequest } from './per-request.js';
import type { CategoryDiff, DiffMeasure, FunctionDiff, ProfileDiff } from './profile-diff.js';

/**
 * What changed from one profile to another: CPU time per request where both were captured under a load, else shares.
 * Frames meet by normalised names. Of profiles in different languages, or of different things, only categories compare.
 * `diffProfiles(b, a)` holds the same figures with before and after exchanged.
 */
export function diffProfiles(before: CategorisedProfile, after: CategorisedProfile): ProfileDiff {
  const metas = [before.profile.meta, after.profile.meta] as const;
  const measure = measureOf(...metas);
  const scaleBefore = scaleOf(before, measure);
  const scaleAfter = scaleOf(after, measure);
  const common = {
    before: metas[0],
    after: metas[1],
    measure,
    categories: categoryDiffs(before, after, scaleBefore, scaleAfter),
    caveats: caveatsOf(...metas),
  };
  const treeAbsentReason = reasonForNoTree(...metas);
  if (treeAbsentReason !== null) return { ...common, frames: [], tree: null, treeAbsentReason, functions: [] };

  const functions = new NormalisedFrames();
  const ofBefore = functions.add(before.profile);
  const ofAfter = functions.add(after.profile);
  const tree = new DiffTree();
  tree.add('before', before, ofBefore, scaleBefore);
  tree.add('after', after, ofAfter, scaleAfter);
  return {
    ...common,
    frames: functions.frames,
    tree: tree.sorted(),
    treeAbsentReason,
    functions: functionDiffs(functionTotals(before, ofBefore), functionTotals(after, ofAfter), scaleBefore, scaleAfter),
  };
}

function measureOf(before: ProfileMeta, after: ProfileMeta): DiffMeasure {
  const without = [before, after].filter((meta) => cpuUsPerRequest(1, meta) === null);
  if (without.length === 0) return { unit: 'cpu-us-per-request' };
  const titles = [...new Set(without.map(({ title }) => title))].join(' and ');
  return { unit: 'share', reason: `CPU time per request isn't known of ${titles}` };
}

/** What a unit of a profile's weight is in the diff's measure. */
function scaleOf({ profile }: CategorisedProfile, measure: DiffMeasure): number {
  switch (measure.unit) {
    case 'cpu-us-per-request':
      return cpuUsPerRequest(1, profile.meta) ?? 0;
    case 'share':
      return shareOf(1, profileSize(profile).weight);
    default:
      return measure satisfies never;
  }
}

function reasonForNoTree(before: ProfileMeta, after: ProfileMeta): string | null {
  const languages = [before.subject?.language, after.subject?.language] as const;
  if (before.kind !== after.kind) {
    return `one is a profile of kind ${before.kind} and the other of kind ${after.kind}: they count different things`;
  }
  if (languages[0] !== undefined && languages[1] !== undefined && languages[0] !== languages[1]) {
    return `one is written in ${languages[0]} and the other in ${languages[1]}: their functions have nothing in common`;
  }
  return null;
}

function caveatsOf(before: ProfileMeta, after: ProfileMeta): string[] {
  return [
    ...(before.profiler === after.profiler
      ? []
      : [
          `Captured by different profilers (${before.profiler ?? 'unknown'}, ${after.profiler ?? 'unknown'}): what one of them can't see looks like a change.`,
        ]),
    ...(before.kernel === after.kernel
      ? []
      : [`The kernel's frames are ${before.kernel} in the first and ${after.kernel} in the second.`]),
  ];
}

function categoryDiffs(
  before: CategorisedProfile,
  after: CategorisedProfile,
  scaleBefore: number,
  scaleAfter: number,
): CategoryDiff[] {
  const totalsAfter = categoryTotals(after);
  return categoryTotals(before)
    .map(({ category, weight }, index) => ({
      category,
      before: weight * scaleBefore,
      after: (totalsAfter[index]?.weight ?? 0) * scaleAfter,
    }))
    .filter((diff) => diff.before > 0 || diff.after > 0 || diff.category === CATEGORIES.at(-1));
}

function functionDiffs(
  before: ReturnType<typeof functionTotals>,
  after: ReturnType<typeof functionTotals>,
  scaleBefore: number,
  scaleAfter: number,
): FunctionDiff[] {
  const change = ({ selfBefore, selfAfter }: FunctionDiff) => Math.abs(selfAfter - selfBefore);
  return [...new Set([...before.keys(), ...after.keys()])]
    .flatMap((frame) => {
      const [was, is] = [before.get(frame), after.get(frame)];
      const heavier = (is?.totalWeight ?? 0) * scaleAfter > (was?.totalWeight ?? 0) * scaleBefore ? is : (was ?? is);
      if (!heavier) return [];
      return [
        {
          frame,
          category: heavier.category,
          selfBefore: (was?.selfWeight ?? 0) * scaleBefore,
          selfAfter: (is?.selfWeight ?? 0) * scaleAfter,
          totalBefore: (was?.totalWeight ?? 0) * scaleBefore,
          totalAfter: (is?.totalWeight ?? 0) * scaleAfter,
        },
      ];
    })
    .sort((a, b) => change(b) - change(a) || a.frame - b.frame);
}
