import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LivePair, LiveRecord } from '../model/live.js';
import { storageError, writeFileAtomic } from './atomic-file.js';
import { toJson } from './json-file.js';
import { makeFolder } from './make-folder.js';
import { writeReportFiles } from './report-folder.js';

/** `results/<id>/` of a live run: the only writer of it. */
export class LiveFolder {
  private constructor(readonly path: string) {}

  /** Make the folder of a new run. @throws StorageError where it can't be written */
  static async create(parent: string, record: LiveRecord): Promise<LiveFolder> {
    const path = join(parent, record.id);
    try {
      await makeFolder(parent);
      // Not recursive: a folder that is there already is another run's.
      await mkdir(path);
      await mkdir(join(path, 'logs'));
    } catch (error) {
      throw storageError(path, error);
    }
    const folder = new LiveFolder(path);
    await folder.writeRecord(record);
    return folder;
  }

  async writeRecord(record: LiveRecord): Promise<void> {
    await writeFileAtomic(join(this.path, 'live.json'), toJson(record));
  }

  /** A line of `pairs.jsonl`, there as soon as it is known. */
  async appendPair(pair: LivePair): Promise<void> {
    await this.#write(appendFile, 'pairs.jsonl', `${JSON.stringify(pair)}\n`);
  }

  /** What a gateway printed, without the key. @param label its variant may be in it: `litellm:workers` */
  async writeLog(label: string, text: string): Promise<void> {
    await this.#write(writeFile, join('logs', `${label.replace(':', '-')}.log`), text);
  }

  /** Write files of the report, paths relative to `report/`. */
  async writeReport(files: ReadonlyMap<string, string>): Promise<void> {
    await writeReportFiles(join(this.path, 'report'), files);
  }

  async #write(how: (path: string, text: string) => Promise<void>, name: string, text: string): Promise<void> {
    const path = join(this.path, name);
    try {
      await how(path, text);
    } catch (error) {
      throw storageError(path, error);
    }
  }
}
