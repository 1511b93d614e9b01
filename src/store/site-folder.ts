import { existsSync } from 'node:fs';
import { mkdir, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../lib/errors.js';
import { isDeadOwner, ownerName, parseOwner } from '../lib/process-mark.js';
import { storageError } from './atomic-file.js';
import { readJsonFile, toJson } from './json-file.js';
import { requireFolder } from './make-folder.js';
import { isRunFolder } from './run-folder.js';

/** Says that a folder is a site of ours, and which files are. */
const SITE_FILE = 'site.json';
const SiteManifest = z.strictObject({
  schemaVersion: z.literal(1),
  generator: z.literal('gatebench'),
  /** Ascending, without itself. */
  files: z.array(z.string()),
});

/**
 * A site under way. Its files grow in a folder beside the old site, and take its place at once when all are there. They
 * aren't flushed one by one: a site can be made again from its runs.
 */
export class SiteFolder {
  readonly #target: string;
  readonly #aside: string;
  readonly #files: string[] = [];
  #bytes = 0;

  private constructor(target: string) {
    this.#target = target;
    this.#aside = besideOf(target, 'new');
  }

  /**
   * Begin a site.
   * @throws UsageError where the folder holds anything but a site of ours, ExpectedError where nothing can be written there
   */
  static async begin(path: string): Promise<SiteFolder> {
    // What a link leads to is replaced, and not the link.
    const target = await realpath(path).catch(() => resolve(path));
    await requireOwnSite(target, path);
    await requireFolder(dirname(target));
    await removeLeftovers(target);
    const site = new SiteFolder(target);
    await requireFolder(site.#aside);
    return site;
  }

  get files(): number {
    return this.#files.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @param name relative, with slashes */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    const path = join(this.#aside, name);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    } catch (error) {
      throw storageError(join(this.#target, name), error);
    }
    this.#files.push(name);
    this.#bytes += Buffer.byteLength(content);
  }

  /** Put the site in the old one's place. */
  async commit(): Promise<void> {
    const manifest: z.infer<typeof SiteManifest> = {
      schemaVersion: 1,
      generator: 'gatebench',
      files: this.#files.toSorted(),
    };
    await this.write(SITE_FILE, toJson(manifest));
    const old = besideOf(this.#target, 'old');
    try {
      const wasThere = existsSync(this.#target);
      if (wasThere) await rename(this.#target, old);
      try {
        await rename(this.#aside, this.#target);
      } catch (error) {
        if (wasThere) await rename(old, this.#target);
        throw error;
      }
    } catch (error) {
      throw storageError(this.#target, error);
    }
    // The new site is there: what is left of the old one is litter.
    await rm(old, { recursive: true, force: true }).catch(() => {});
  }

  /** Forget the site, as if it had not been begun. */
  async discard(): Promise<void> {
    await rm(this.#aside, { recursive: true, force: true }).catch(() => {});
  }
}

function besideOf(target: string, kind: 'new' | 'old'): string {
  return join(dirname(target), `.${basename(target)}.${kind}-${ownerName()}`);
}

/** What publishers left that were killed. */
async function removeLeftovers(target: string): Promise<void> {
  for (const name of await readdir(dirname(target))) {
    for (const kind of ['new', 'old']) {
      const prefix = `.${basename(target)}.${kind}-`;
      const owner = name.startsWith(prefix) ? parseOwner(name.slice(prefix.length)) : null;
      if (owner !== null && isDeadOwner(owner)) {
        await rm(join(dirname(target), name), { recursive: true, force: true }).catch(() => {});
      }
    }
  }
}

/** Replacing a folder must take nothing with it that somebody else put there. @param shown the path as it was given */
async function requireOwnSite(target: string, shown: string): Promise<void> {
  if (!existsSync(target)) return;
  if (isRunFolder(target)) {
    throw new UsageError(
      `${shown} is a run, and no place for a site`,
      'name the folder of the site first, then runs: gatebench publish site results/<run-id>',
    );
  }
  const found = await filesIn(target, shown);
  if (found.length === 0) return;
  if (!found.includes(SITE_FILE)) {
    throw new UsageError(
      `${shown} is neither empty nor a site that gatebench made: it has ${found[0]}`,
      'give another folder, or empty this one',
    );
  }
  const manifest = await readJsonFile(join(target, SITE_FILE), SiteManifest, 'list of the site’s files');
  const own = new Set([...manifest.files, SITE_FILE]);
  const foreign = found.find((name) => !own.has(name));
  if (foreign === undefined) return;
  throw new UsageError(
    `${shown} has a file that gatebench did not put there, and that would be lost: ${foreign}`,
    'move it elsewhere, or publish to another folder and copy the site from there',
  );
}

/** Relative, with slashes, ascending. */
async function filesIn(folder: string, shown: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  } catch (error) {
    throw new UsageError(`${shown} is not a folder that can be read`, 'give another folder', { cause: error });
  }
}
