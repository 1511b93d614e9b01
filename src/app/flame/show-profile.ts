import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { colours, writeJson, writeResult, writeStatus } from '../../cli/output.js';
import type { Profile } from '../../model/profile.js';
import { hotFunctions } from '../../profiles/analysis/hot-functions.js';
import { categorise } from '../../profiles/categories/categorise.js';
import { categoryTotals } from '../../profiles/categories/category-table.js';
import { categorySection } from '../../report/profiles/category-section.js';
import { findingSections } from '../../report/profiles/findings-section.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';
import { hotFunctionSections } from '../../report/profiles/hot-functions-section.js';
import { terminalSections } from '../../report/terminal.js';
import { writeFileAtomic } from '../../store/atomic-file.js';
import { PROFILE_FILE } from '../../store/cell-folder.js';
import { makeFolder } from '../../store/make-folder.js';
import { PROFILE_FILES, profileFiles } from './profile-files.js';

const compress = promisify(gzip);

/**
 * Write every form of a profile that belongs to no run into a folder, and print what it says.
 * @param machine on which it was captured, in a line; null where that isn't known
 */
export async function showProfile(
  profile: Profile,
  { folder, json, machine }: { folder: string; json: boolean; machine: string | null },
): Promise<void> {
  const categorised = categorise(profile);
  const entry: FlameEntry = {
    cellId: profile.meta.title,
    profile: categorised,
    unprofiled: null,
    ratePerSec: profile.meta.load?.ratePerSec ?? null,
    outcomeWords: 'ok',
  };
  await makeFolder(folder);
  const files = await profileFiles(entry, machine);
  files.set(PROFILE_FILE, await compress(JSON.stringify(profile)));
  for (const [name, content] of files) await writeFileAtomic(join(folder, name), content);
  if (json) {
    writeJson({
      folder,
      files: [...files.keys()],
      meta: profile.meta,
      categories: categoryTotals(categorised),
      hotFunctions: hotFunctions(categorised),
    });
  } else {
    const sections = [...findingSections([entry]), categorySection([entry]), ...hotFunctionSections([entry])];
    writeResult(
      terminalSections(
        sections.filter((section) => section !== null),
        { colour: colours.isColorSupported },
      ),
    );
  }
  writeStatus(`\nflame graph: ${join(folder, PROFILE_FILES.page)}, beside it folded stacks, speedscope and pprof`);
}
