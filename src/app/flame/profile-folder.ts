import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Roots } from '../../lib/roots.js';
import type { Profile } from '../../model/profile.js';
import { importProfile } from '../../profilers/import-file.js';
import { hotFunctions } from '../../profiles/analysis/hot-functions.js';
import { categorise } from '../../profiles/categories/categorise.js';
import { categoryTotals } from '../../profiles/categories/category-table.js';
import { defaultGrouping, type Grouping, groupBy } from '../../profiles/group-by.js';
import { categorySection } from '../../report/profiles/category-section.js';
import { findingSections } from '../../report/profiles/findings-section.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';
import { hotFunctionSections } from '../../report/profiles/hot-functions-section.js';
import { terminalSections } from '../../report/terminal.js';
import { writeFileAtomic } from '../../store/atomic-file.js';
import { PROFILE_FILE } from '../../store/cell-folder.js';
import { makeFolder } from '../../store/make-folder.js';
import { type FileContent, PROFILE_FILES, profileFiles } from './profile-files.js';

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

/** What to make of a file. */
export interface ImportChoice {
  /** Folder for the files; undefined for one of its name. */
  out: string | undefined;
  /** Of several in the file; undefined for the one that measures CPU time. */
  event: string | undefined;
  /** What the root frames are; undefined for what suits the capture. */
  groupBy: Grouping | undefined;
}

/** Draw a profile that another tool captured. */
export async function importToFolder(file: string, choice: ImportChoice, roots: Roots): Promise<ProfileFolder> {
  const profile = await importProfile(resolve(file), choice.event);
  const folder = resolve(choice.out ?? join(roots.results, 'profiles', basename(file)));
  return writeProfileFolder(profile, folder, null, choice.groupBy);
}

/**
 * Write every form of a profile into a folder.
 * @param machine on which it was captured, in a line; null where that isn't known
 * @param grouping of all forms but gatebench's own, which keeps threads apart; undefined for what suits the capture
 */
export async function writeProfileFolder(
  profile: Profile,
  folder: string,
  machine: string | null,
  grouping: Grouping | undefined,
): Promise<ProfileFolder> {
  const categorised = categorise(groupBy(profile, grouping ?? defaultGrouping(profile)));
  const entry: FlameEntry = {
    cellId: profile.meta.title,
    profile: categorised,
    unprofiled: null,
    ratePerSec: profile.meta.load?.ratePerSec ?? null,
    outcomeWords: 'ok',
  };
  await makeFolder(folder);
  const files: string[] = [];
  const write = async (name: string, content: FileContent) => {
    await writeFileAtomic(join(folder, name), content);
    files.push(name);
  };
  for await (const [name, content] of profileFiles([entry], machine)) await write(name, content);
  await write(PROFILE_FILE, await compress(JSON.stringify(profile)));
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
      files,
      meta: profile.meta,
      categories: categoryTotals(categorised),
      hotFunctions: hotFunctions(categorised),
    },
  };
}
