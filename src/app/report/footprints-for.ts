import { dirname } from 'node:path';
import { messageOf } from '../../lib/errors.js';
import type { GatewayFootprint } from '../../model/footprint.js';
import { readFootprints } from '../../store/footprints.js';
import type { RunFolder } from '../../store/run-folder.js';

/**
 * What `footprint` measured, for these runs or for all in the folders that hold them. A file that was damaged by hand must not
 * keep a run from its report.
 */
export async function footprintsFor(
  folders: readonly RunFolder[],
  status: (text: string) => void,
): Promise<GatewayFootprint[]> {
  const found: GatewayFootprint[] = [];
  for (const path of new Set(folders.flatMap((folder) => [folder.path, dirname(folder.path)]))) {
    try {
      found.push(...(await readFootprints(path)));
    } catch (error) {
      status(`left out of the report: ${messageOf(error)}`);
    }
  }
  return found;
}
