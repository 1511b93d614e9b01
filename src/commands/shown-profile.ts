import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Profile } from '../model/profile.js';
import { categorySection } from '../report/flame/category-section.js';
import { findingSections } from '../report/flame/findings-section.js';
import type { FlameEntry } from '../report/flame/flame-entry.js';
import { hotFunctionSections } from '../report/flame/hot-functions-section.js';
import { terminalSections } from '../report/terminal.js';
import { categorise } from '../stacks/categorise.js';
import { categoryTotals } from '../stacks/category-table.js';
import { hotFunctions } from '../stacks/hot-functions.js';
import { writeFileAtomic } from '../store/atomic-file.js';
import { PROFILE_FILE } from '../store/cell-folder.js';
import { makeFolder } from '../store/make-folder.js';
import { colours, print, printJson, tell } from './output.js';
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
    printJson({
      folder,
      files: [...files.keys()],
      meta: profile.meta,
      categories: categoryTotals(categorised),
      hotFunctions: hotFunctions(categorised),
    });
  } else {
    const sections = [...findingSections([entry]), categorySection([entry]), ...hotFunctionSections([entry])];
    print(
      terminalSections(
        sections.filter((section) => section !== null),
        { colour: colours.isColorSupported },
      ),
    );
  }
  tell(`\nflame graph: ${join(folder, PROFILE_FILES.page)}, beside it folded stacks, speedscope and pprof`);
}
