import { appendFileSync, existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Profile } from '../model/profile.js';
import type { CellRecord } from '../model/record.js';
import type { Sample } from '../model/resources.js';
import { storageError, writeFileAtomic } from './atomic-file.js';
import { toJson } from './json-file.js';

/** The stacks of a profiled cell, in a cell's folder. */
export const PROFILE_FILE = 'profile.json.gz';

/** Earlier measurements of the same cell, a folder each, counted from 1. */
const ATTEMPTS = 'attempts';

const compress = promisify(gzip);

/** The files of a cell under way. They become part of the run only in {@link commit}: whole, or not at all. */
export class CellFolder {
  readonly #cells: string;
  readonly #cellId: string;
  /** Where the files grow. */
  readonly path: string;

  private constructor(cells: string, cellId: string) {
    this.#cells = cells;
    this.#cellId = cellId;
    this.path = join(cells, `.partial-${cellId}`);
  }

  static async begin(cells: string, cellId: string): Promise<CellFolder> {
    const folder = new CellFolder(cells, cellId);
    try {
      await rm(folder.path, { recursive: true, force: true });
      // Not recursive: a run that was removed meanwhile must not come back as a part of itself.
      await mkdir(folder.path);
    } catch (error) {
      throw storageError(folder.path, error);
    }
    return folder;
  }

  get gatewayLog(): string {
    return join(this.path, 'gateway.log');
  }

  get mockLog(): string {
    return join(this.path, 'mock.log');
  }

  /** Of the second upstream, in a scenario with two. */
  get secondMockLog(): string {
    return join(this.path, 'mock-2.log');
  }

  /** What a profiler wrote, as it wrote it. */
  get profileDir(): string {
    return join(this.path, 'profile');
  }

  /** Keep a profile beside the record. @throws ExpectedError where it can't be written */
  async writeProfile(profile: Profile): Promise<void> {
    await writeFileAtomic(join(this.path, PROFILE_FILE), await compress(JSON.stringify(profile)));
  }

  /** Add a line to samples.jsonl. @throws ExpectedError where it can't be written */
  appendSample(sample: Sample): void {
    const path = join(this.path, 'samples.jsonl');
    try {
      // Synchronous: one short line a second, and it must be there when the process is killed.
      appendFileSync(path, `${JSON.stringify(sample)}\n`);
    } catch (error) {
      throw storageError(path, error);
    }
  }

  /** Write the record and make the cell part of the run. What it was measured before, if it was, is kept in `attempts/`. */
  async commit(record: CellRecord): Promise<void> {
    await writeFileAtomic(join(this.path, 'record.json'), toJson(record));
    const target = join(this.#cells, this.#cellId);
    try {
      const { length: earlier } = record.earlierAttempts;
      if (earlier > 0) await keepEarlier(target, join(this.path, ATTEMPTS), earlier);
      if (existsSync(target)) await rm(target, { recursive: true });
      await rename(this.path, target);
    } catch (error) {
      throw storageError(target, error);
    }
  }

  /** Forget the cell, as if it had not been begun. */
  async discard(): Promise<void> {
    await rm(this.path, { recursive: true, force: true }).catch(() => {});
  }
}

/** Copy a cell to `attempts/<n>`, and its own earlier attempts beside it. Moving it could lose it, should we be killed. */
async function keepEarlier(cell: string, attempts: string, attempt: number): Promise<void> {
  const own = join(cell, ATTEMPTS);
  if (existsSync(own)) await cp(own, attempts, { recursive: true });
  await cp(cell, join(attempts, String(attempt)), {
    recursive: true,
    filter: (source) => source !== own,
  });
}
