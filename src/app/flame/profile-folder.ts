import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Roots } from '../../lib/roots.js';
import type { Profile } from '../../model/profile.js';
import { importProfile } from '../../profilers/import-file.js';
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

/** A profile that belongs to no run, written in every form. */
export interface ProfileFolder {
  /** Path of the flame graph's page. */
  page: string;
  /** For people. */
  terminal(options: { colour: boolean }): string;
  /** The same as data. */
  json: unknown;
}

/** Draw a profile that another tool captured. @param out folder for its files; undefined for one of its name */
export async function importToFolder(file: string, out: string | undefined, roots: Roots): Promise<ProfileFolder> {
  const profile = await importProfile(resolve(file));
  return writeProfileFolder(profile, resolve(out ?? join(roots.results, 'profiles', basename(file))), null);
}

/**
 * Write every form of a profile into a folder.
 * @param machine on which it was captured, in a line; null where that isn't known
 */
export async function writeProfileFolder(
  profile: Profile,
  folder: string,
  machine: string | null,
): Promise<ProfileFolder> {
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
  return {
    page: join(folder, PROFILE_FILES.page),
    terminal: (options) => {
      const sections = [...findingSections([entry]), categorySection([entry]), ...hotFunctionSections([entry])];
      return terminalSections(
        sections.filter((section) => section !== null),
        options,
      );
    },
    json: {
      folder,
      files: [...files.keys()],
      meta: profile.meta,
      categories: categoryTotals(categorised),
      hotFunctions: hotFunctions(categorised),
    },
  };
}
