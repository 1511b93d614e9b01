import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Roots } from '../../lib/roots.js';
import type { Profile } from '../../model/profile.js';
import { chooseEvent, importProfile, importProfiles } from '../../profilers/import-file.js';
import { hotFunctions } from '../../profiles/analysis/hot-functions.js';
import { categorise } from '../../profiles/categories/categorise.js';
import { categoryTotals } from '../../profiles/categories/category-table.js';
import { chosenProfile, listEvents } from '../../profiles/choose-profile.js';
import type { ProfileSet } from '../../profiles/formats/format.js';
import { defaultGrouping, type Grouping, groupBy } from '../../profiles/group-by.js';
import { profileSize } from '../../profiles/measures.js';
import { categorySection } from '../../report/profiles/category-section.js';
import { findingSections } from '../../report/profiles/findings-section.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';
import { hotFunctionSections } from '../../report/profiles/hot-functions-section.js';
import type { Section } from '../../report/section.js';
import { terminalSections } from '../../report/terminal.js';
import { writeFileAtomic } from '../../store/atomic-file.js';
import { PROFILE_FILE } from '../../store/cell-folder.js';
import { requireFolder } from '../../store/make-folder.js';
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
  const profiles = await importProfiles(resolve(file), choice.event);
  const folder = resolve(choice.out ?? join(roots.results, 'profiles', basename(file)));
  return writeProfileFolder(profiles, folder, null, choice.groupBy);
}

/**
 * Write every form of a profile into a folder. Of other profiles of the same capture there are gatebench's own form, named
 * by event, and the page, which has all of them.
 * @param machine on which it was captured, in a line; null where that isn't known
 * @param grouping of all forms but gatebench's own, which keeps threads apart; undefined for what suits the capture
 */
export async function writeProfileFolder(
  profiles: ProfileSet,
  folder: string,
  machine: string | null,
  grouping: Grouping | undefined,
): Promise<ProfileFolder> {
  const profile = chosenProfile(profiles);
  const others = profiles.profiles.filter((other) => other !== profile && profileSize(other).weight > 0);
  const entry = entryOf(profile, grouping);
  const categorised = entry.profile;
  await requireFolder(folder);
  const files: string[] = [];
  const write = async (name: string, content: FileContent) => {
    await writeFileAtomic(join(folder, name), content);
    files.push(name);
  };
  const entries = [entry, ...others.map((other) => entryOf(other, grouping))] as const;
  for await (const [name, content] of profileFiles(entries, machine, grouping)) await write(name, content);
  await write(PROFILE_FILE, await compress(JSON.stringify(profile)));
  const stored = othersByFile(others);
  for (const [name, other] of stored) await write(name, await compress(JSON.stringify(other)));
  return {
    page: join(folder, PROFILE_FILES.page),
    terminal: (options) => {
      const sections = [
        ...findingSections([entry]),
        categorySection([entry]),
        ...hotFunctionSections([entry]),
        othersSection(others),
      ];
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
      others: [...stored].map(([file, { meta }]) => ({ file, meta })),
    },
  };
}

function entryOf(profile: Profile, grouping: Grouping | undefined): FlameEntry {
  return {
    cellId: profile.meta.title,
    profile: categorise(groupBy(profile, grouping ?? defaultGrouping(profile))),
    unprofiled: null,
    ratePerSec: profile.meta.load?.ratePerSec ?? null,
    outcomeWords: 'ok',
  };
}

/** `profile.page-faults.json.gz`. Events may have any characters, and few differ in those that file names can't have. */
function othersByFile(others: readonly Profile[]): Map<string, Profile> {
  const files = new Map<string, Profile>();
  for (const other of others) {
    const event = (other.meta.event ?? 'other').replaceAll(/[^\w.-]+/g, '-').slice(0, MAX_EVENT);
    let name = `profile.${event}.json.gz`;
    for (let copy = 2; files.has(name); copy++) name = `profile.${event}-${copy}.json.gz`;
    files.set(name, other);
  }
  return files;
}

/** Of an event in a file's name. */
const MAX_EVENT = 80;
const OTHER_PROFILE = /^profile\.[\w.-]+\.json\.gz$/;

/**
 * The profile that was stored in a folder.
 * @param event of one that was stored beside it; undefined for the profile itself
 * @throws UsageError where there is none
 */
export async function readProfileFolder(folder: string, event: string | undefined): Promise<Profile> {
  const profile = await importProfile(join(folder, PROFILE_FILE));
  if (event === undefined) return profile;
  const others = (await readdir(folder)).filter((name) => name !== PROFILE_FILE && OTHER_PROFILE.test(name));
  const read = await Promise.all(others.map((name) => importProfile(join(folder, name))));
  return chosenProfile(chooseEvent({ profiles: [profile, ...read], chosen: 0 }, event, folder));
}

function othersSection(others: readonly Profile[]): Section | null {
  const [first, ...rest] = others;
  if (first === undefined) return null;
  return {
    title: 'Other profiles of the capture, which the page has too',
    lead: [`${listEvents({ profiles: [first, ...rest], chosen: 0 })}: --event chooses one`],
    table: null,
    notes: [],
  };
}
