import { basename, dirname, join, resolve } from 'node:path';
import { diffPage } from '../../flamegraph/diff-page.js';
import { isFolder } from '../../lib/is-folder.js';
import { pageAssets } from '../../lib/page-assets.js';
import type { Roots } from '../../lib/roots.js';
import type { Profile } from '../../model/profile.js';
import { importProfile } from '../../profilers/import-file.js';
import type { ProfileDiff } from '../../profiles/analysis/diff.js';
import { diffProfiles } from '../../profiles/analysis/diff.js';
import { categorise } from '../../profiles/categories/categorise.js';
import { defaultGrouping, groupBy } from '../../profiles/group-by.js';
import { writeFileAtomic } from '../../store/atomic-file.js';
import { requireFolder } from '../../store/make-folder.js';
import { type ImportChoice, readProfileFolder } from './profile-folder.js';

/**
 * Compare two profiles and draw what changed.
 * @param before a profiled cell's folder, or a file
 * @param choice `out` of the page: undefined for a name made of both
 */
export async function diffFiles(
  before: string,
  after: string,
  { out, event, groupBy: grouping }: ImportChoice,
  roots: Roots,
): Promise<{ diff: ProfileDiff; page: string }> {
  const profiles = [await readProfile(before, event), await readProfile(after, event)] as const;
  // By program only if both can be: else nothing in one would have its like in the other.
  const by = grouping ?? (profiles.every((profile) => defaultGrouping(profile) === 'comm') ? 'comm' : 'none');
  const [first, second] = [categorise(groupBy(profiles[0], by)), categorise(groupBy(profiles[1], by))];
  const diff = diffProfiles(first, second);
  const page = resolve(out ?? join(roots.results, 'profiles', `${nameOf(before)}-to-${nameOf(after)}.html`));
  await requireFolder(dirname(page));
  await writeFileAtomic(page, diffPage(diff, await pageAssets('flame-page')));
  return { diff, page };
}

function readProfile(path: string, event: string | undefined): Promise<Profile> {
  const given = resolve(path);
  return isFolder(given) ? readProfileFolder(given, event) : importProfile(given, event);
}

/** A cell's ID, or a file's name up to its first dot. */
function nameOf(path: string): string {
  return basename(resolve(path)).replace(/\..*$/, '');
}
