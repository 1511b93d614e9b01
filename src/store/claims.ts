import { join } from 'node:path';
import { Claims } from '../model/claims.js';
import { readJsonFile } from './json-file.js';

/** The published figures that measurements are put beside. */
export function readClaims(resultsRoot: string): Promise<Claims> {
  return readJsonFile(join(resultsRoot, 'published', 'claims.json'), Claims, 'file of published claims');
}
