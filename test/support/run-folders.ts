import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CellRecord } from '../../src/model/record.js';
import type { Run } from '../../src/model/run.js';
import { RunFolder } from '../../src/store/run-folder.js';
import { runOf } from './record-builder.js';

/** Write a run with these records, as `bench` would have. @returns its folder */
export async function writeRun(parent: string, records: readonly CellRecord[], facts: Partial<Run>): Promise<string> {
  const { path } = await RunFolder.create(parent, runOf(records, facts));
  for (const record of records) {
    const folder = join(path, 'cells', record.cell.id);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'record.json'), JSON.stringify(record));
  }
  return path;
}
