import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ExpectedError, messageOf, StorageError, UsageError } from '../lib/errors.js';
import { newerDocument } from '../lib/schema-version.js';
import type { Cell } from '../model/cell.js';
import { Profile } from '../model/profile.js';
import type { CellRecord, DamagedRecord } from '../model/record.js';
import { Sample } from '../model/resources.js';
import { Run, type RunChange } from '../model/run.js';
import { storageError, writeFileAtomic } from './atomic-file.js';
import { CellFolder, PROFILE_FILE } from './cell-folder.js';
import { readJsonFile, toJson } from './json-file.js';
import { makeFolder } from './make-folder.js';
import { migrateRun, migrateSample } from './migrate.js';
import { readRecord } from './record-file.js';
import { writeReportFiles } from './report-folder.js';

const decompress = promisify(gunzip);

/** Whether a folder is that of a run. */
export function isRunFolder(path: string): boolean {
  return existsSync(join(path, 'run.json'));
}

/** `results/<run-id>/`: the only reader and writer of a run. */
export class RunFolder {
  private constructor(
    readonly path: string,
    readonly run: Run,
  ) {}

  /** Make the folder of a new run. @throws ExpectedError where it can't be written */
  static async create(parent: string, run: Run): Promise<RunFolder> {
    const path = join(parent, run.id);
    try {
      await makeFolder(parent);
      // Not recursive: a folder that is there already is another run's.
      await mkdir(path);
      await mkdir(join(path, 'cells'));
    } catch (error) {
      throw storageError(path, error);
    }
    await writeFileAtomic(join(path, 'run.json'), toJson(run));
    return new RunFolder(path, run);
  }

  /** Open a run that exists. @throws UsageError where there is none, ExpectedError where run.json is damaged */
  static async open(path: string): Promise<RunFolder> {
    if (!isRunFolder(path)) {
      throw new UsageError(
        `${path} is not a run: it has no run.json`,
        'give the folder of a run, such as results/<run-id>',
      );
    }
    return new RunFolder(path, await readJsonFile(join(path, 'run.json'), Run, 'run description', migrateRun));
  }

  /**
   * @param error what happened, as the cause
   * @throws StorageError where the folder has been removed or moved away meanwhile: nothing that was measured is kept
   */
  requirePresent(error: unknown): void {
    if (isRunFolder(this.path)) return;
    throw new StorageError(
      `the results folder ${this.path} is gone: it was removed or moved while the run was in progress`,
      'what was measured is lost unless the folder was moved: resume it there, or start a new run',
      undefined,
      { cause: error },
    );
  }

  /** Note what its cells are measured with from now on, where nothing was measured with anything else. */
  async noteConditions({ harness, machine, engine, basis }: RunChange['conditions']): Promise<void> {
    const latest = this.run.changes.at(-1);
    if (latest !== undefined) latest.conditions = { harness, machine, engine, basis };
    else Object.assign(this.run, { harness, machine, engine: { ...this.run.engine, ...engine }, basis });
    await writeFileAtomic(join(this.path, 'run.json'), toJson(this.run));
  }

  /** Note a change that was accepted. */
  async noteChange(change: RunChange): Promise<void> {
    this.run.changes.push(change);
    await writeFileAtomic(join(this.path, 'run.json'), toJson(this.run));
  }

  /** Add cells to the plan of a run that goes on until its figures are known. */
  async addCells(cells: readonly Cell[]): Promise<void> {
    this.run.cells.push(...cells);
    await writeFileAtomic(join(this.path, 'run.json'), toJson(this.run));
  }

  /** Note when the run ended. */
  async finish(endedAt: string): Promise<void> {
    this.run.endedAt = endedAt;
    await writeFileAtomic(join(this.path, 'run.json'), toJson(this.run));
  }

  /** Every record that is whole, in the plan's order, and those that aren't. */
  async readRecords(): Promise<{ records: CellRecord[]; damaged: DamagedRecord[] }> {
    const records: CellRecord[] = [];
    const damaged: DamagedRecord[] = [];
    for (const cell of this.run.cells) {
      try {
        const record = await readRecord(join(this.path, 'cells', cell.id), cell);
        if (record !== null) records.push(record);
      } catch (error) {
        damaged.push({ cellId: cell.id, reason: messageOf(error) });
      }
    }
    return { records, damaged };
  }

  /** The samples of a cell, none where there are none, and what is wrong with lines that had to be left out. */
  async readSamples(cellId: string): Promise<{ samples: Sample[]; damage: string | null }> {
    const path = join(this.path, 'cells', cellId, 'samples.jsonl');
    const text = await readFile(path, 'utf8').catch(() => '');
    const samples: Sample[] = [];
    const damaged: number[] = [];
    const lines = text.split('\n');
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      const sample = Sample.safeParse(migrateSample(parseLine(line)));
      if (sample.success) samples.push(sample.data);
      else damaged.push(index + 1);
    }
    const [first] = damaged;
    if (first === undefined) return { samples, damage: null };
    const total = samples.length + damaged.length;
    return {
      samples,
      damage: `${damaged.length} of ${total} lines of ${path} are damaged, the first is line ${first}`,
    };
  }

  /** The profile of a cell; null where there is none. @throws ExpectedError where it is damaged */
  async readProfile(cellId: string): Promise<Profile | null> {
    const path = join(this.path, 'cells', cellId, PROFILE_FILE);
    if (!existsSync(path)) return null;
    try {
      const document: unknown = JSON.parse((await decompress(await readFile(path))).toString('utf8'));
      const newer = newerDocument(document, Profile, 'it');
      if (newer !== null) throw new ExpectedError(newer);
      return Profile.parse(document);
    } catch (error) {
      throw new ExpectedError(`the profile ${path} can't be read: ${messageOf(error)}`, 'measure that cell again');
    }
  }

  /** Begin a cell: its files grow in a folder of their own and appear under `cells/` at once, when it is finished. */
  beginCell(cellId: string): Promise<CellFolder> {
    return CellFolder.begin(join(this.path, 'cells'), cellId);
  }

  /** Remove what an interrupted run left half done. */
  async removePartialCells(): Promise<void> {
    const cells = join(this.path, 'cells');
    for (const name of await readdir(cells)) {
      if (name.startsWith('.partial-')) await rm(join(cells, name), { recursive: true, force: true });
    }
  }

  /** Put a damaged cell aside, so that it can be measured again and still be looked at. */
  async setAside(cellId: string): Promise<string> {
    const cells = join(this.path, 'cells');
    let name = `.damaged-${cellId}`;
    for (let n = 2; existsSync(join(cells, name)); n++) name = `.damaged-${cellId}-${n}`;
    await rename(join(cells, cellId), join(cells, name));
    return join(cells, name);
  }

  /** Write files of the report, paths relative to `report/`. */
  async writeReport(files: Map<string, string | Uint8Array>): Promise<void> {
    this.requirePresent(null);
    await writeReportFiles(join(this.path, 'report'), files);
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Check, before anything is measured, that results can be written there. @throws ExpectedError where they can't */
export async function requireWritable(parent: string): Promise<void> {
  const probe = join(parent, `.gatebench-${process.pid}`);
  try {
    await makeFolder(parent);
    await writeFileAtomic(probe, '');
  } catch (error) {
    throw error instanceof ExpectedError ? error : storageError(parent, error);
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}
