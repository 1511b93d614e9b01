import { dirname } from 'node:path';
import { compareGateways } from '../../analysis/comparisons.js';
import { deriveRun } from '../../analysis/derive-run.js';
import { noiseFloorOf, withFloor } from '../../analysis/noise-floor.js';
import { summarise } from '../../analysis/summary.js';
import { formatSignificant, formatVus } from '../../lib/format.js';
import { noiseFloorsPath, readNoiseFloors, writeNoiseFloors } from '../../store/noise-floors.js';
import type { RunFolder } from '../../store/run-folder.js';

/**
 * Keep what an A/A run found, beside the runs, for the reports of all runs under the same conditions. Any other run has nothing
 * to keep.
 * @param status takes what was found, or why nothing was
 */
export async function keepNoiseFloor(folder: RunFolder, status: (text: string) => void): Promise<void> {
  const { run } = folder;
  if (run.aa === null) return;
  const { records } = await folder.readRecords();
  const floor = noiseFloorOf(run, compareGateways(run, summarise(run, deriveRun(records))));
  if (floor === null) {
    status('\nno noise floor: fewer than three blocks can be trusted at any VU level; the report says why');
    return;
  }
  const runs = dirname(folder.path);
  await writeNoiseFloors(runs, withFloor(await readNoiseFloors(runs), floor));
  const levels = floor.levels.map(({ vus, blocks, shares }) => {
    const found = Object.entries(shares).map(([metric, share]) => `${metric} ${formatSignificant(100 * share, 2)} %`);
    return `  ${formatVus(vus)}, ${blocks} blocks: ${found.join(', ')}`;
  });
  status(`\nnoise floor of ${floor.gateway} on this machine, kept in ${noiseFloorsPath(runs)}:\n${levels.join('\n')}`);
}
