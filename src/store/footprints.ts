import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Footprints } from '../model/footprint.js';
import { writeFileAtomic } from './atomic-file.js';
import { readJsonFile, toJson } from './json-file.js';
import { makeFolder } from './make-folder.js';

/** @param folder of a run, or the folder that holds the runs */
export function footprintsPath(folder: string): string {
  return join(folder, 'footprint.json');
}

/** None where nothing was measured. @throws ExpectedError where the file can't be read */
export async function readFootprints(folder: string): Promise<Footprints['footprints']> {
  const path = footprintsPath(folder);
  return existsSync(path) ? (await readJsonFile(path, Footprints, 'file of footprints')).footprints : [];
}

/** @throws ExpectedError where the file can't be written */
export async function writeFootprints(folder: string, footprints: Footprints['footprints']): Promise<void> {
  const document: Footprints = { schemaVersion: 1, footprints };
  await makeFolder(folder);
  await writeFileAtomic(footprintsPath(folder), toJson(document));
}
