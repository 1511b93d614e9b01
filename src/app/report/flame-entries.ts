import { messageOf } from '../../lib/errors.js';
import type { Cell } from '../../model/cell.js';
import type { CellRecord } from '../../model/record.js';
import type { Unprofiled } from '../../profiles/analysis/finding.js';
import { categorise } from '../../profiles/categories/categorise.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';
import type { RunFolder } from '../../store/run-folder.js';

/** The profiles of a run as its report shows them, without those that can't be read. */
export async function flameEntries(
  folder: RunFolder,
  records: readonly CellRecord[],
  status: (text: string) => void,
): Promise<FlameEntry[]> {
  const entries: FlameEntry[] = [];
  for (const record of records) {
    if (record.profile === null) continue;
    try {
      const profile = await folder.readProfile(record.cell.id);
      if (!profile) continue;
      entries.push({
        cellId: record.cell.id,
        profile: categorise(profile),
        unprofiled: unprofiledOf(record.cell, records),
        ratePerSec: record.ratePerSec,
        outcomeWords: record.outcome.kind,
      });
    } catch (error) {
      status(`left out of the report: ${messageOf(error)}`);
    }
  }
  return entries;
}

/** Of the same gateway under the same load without a profiler: the first repeat whose number can be trusted. */
function unprofiledOf(cell: Cell, records: readonly CellRecord[]): Unprofiled | null {
  const same = records.find(
    ({ cell: other, outcome }) =>
      other.profiler === null &&
      other.gateway === cell.gateway &&
      other.variant === cell.variant &&
      other.vus === cell.vus &&
      other.ratePerSec === cell.ratePerSec &&
      outcome.kind === 'ok',
  );
  if (!same || same.ratePerSec === null) return null;
  return { ratePerSec: same.ratePerSec, cpuUsPerRequest: same.resources.gateway?.cpuUsPerRequest ?? null };
}
