import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import type { Cell } from '../model/cell.js';
import { CellRecord } from '../model/record.js';
import { readJsonFile } from './json-file.js';
import { migrateRecord } from './migrate.js';

/** What makes two cells different ones. */
const IDENTITY = ['gateway', 'variant', 'scenario', 'vus', 'ratePerSec', 'repeat', 'stream', 'profiler'] as const;

/**
 * The record in a cell's folder; null where there is none.
 * @param planned the cell as run.json has it, where that is known
 * @throws ExpectedError where it can't be read, isn't valid, or is the record of another cell
 */
export async function readRecord(folder: string, planned?: Cell): Promise<CellRecord | null> {
  const path = join(folder, 'record.json');
  if (!existsSync(path)) return null;
  const record = await readJsonFile(path, CellRecord, 'record', migrateRecord);
  const id = basename(folder);
  if (record.cell.id !== id)
    throw new ExpectedError(`the record ${path} is that of cell ${record.cell.id}, not of ${id}`);
  const other = planned && IDENTITY.find((field) => record.cell[field] !== planned[field]);
  if (other) {
    throw new ExpectedError(
      `the record ${path} is not that of the planned cell: ${other} is ${record.cell[other]}, and ${planned[other]} in run.json`,
    );
  }
  return record;
}
