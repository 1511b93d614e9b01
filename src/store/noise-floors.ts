import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NoiseFloors } from '../model/noise-floor.js';
import { writeFileAtomic } from './atomic-file.js';
import { readJsonFile, toJson } from './json-file.js';

/** Where the noise floors that A/A runs measured are kept. @param runs the folder that holds the runs */
export function noiseFloorsPath(runs: string): string {
  return join(runs, 'noise-floors.json');
}

/** None where no A/A run was made. @throws ExpectedError where the file can't be read */
export async function readNoiseFloors(runs: string): Promise<NoiseFloors['floors']> {
  const path = noiseFloorsPath(runs);
  return existsSync(path) ? (await readJsonFile(path, NoiseFloors, 'file of noise floors')).floors : [];
}

/** @throws ExpectedError where the file can't be written */
export async function writeNoiseFloors(runs: string, floors: NoiseFloors['floors']): Promise<void> {
  const document: NoiseFloors = { schemaVersion: 1, floors };
  await writeFileAtomic(noiseFloorsPath(runs), toJson(document));
}
