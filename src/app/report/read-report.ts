import { realpath } from 'node:fs/promises';
import { deriveRun } from '../../analysis/derive-run.js';
import { poolRuns } from '../../analysis/pool/pool-runs.js';
import { UsageError } from '../../lib/errors.js';
import { formatList } from '../../lib/format.js';
import type { Roots } from '../../lib/roots.js';
import type { Cell } from '../../model/cell.js';
import type { Sample } from '../../model/resources.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';
import type { ReportInput } from '../../report/report.js';
import { readClaims } from '../../store/claims.js';
import { readPrices } from '../../store/prices.js';
import type { RunFolder } from '../../store/run-folder.js';
import { noiseFloorsBeside, type ReadRun, readRun, runFoldersAt } from '../compare/read-runs.js';
import { requirePair } from '../compare/require-pair.js';
import { flameEntries } from './flame-entries.js';
import { footprintsFor } from './footprints-for.js';

/**
 * The folders of the runs that a report is to be of, oldest first.
 * @param paths each a run, or a folder of runs
 * @throws UsageError for what isn't a run, and for one that is given twice
 */
export async function reportedRuns(paths: readonly string[]): Promise<RunFolder[]> {
  const folders = (await Promise.all(paths.map(runFoldersAt))).flat();
  const seen = new Map<string, string>();
  for (const { path, run } of folders) {
    const real = await realpath(path);
    const other = seen.get(run.id);
    if (other !== undefined) {
      throw new UsageError(
        `${run.id} is given twice${other === real ? '' : `: ${other} and ${real}`}`,
        'a run counts once: leave one of them out',
      );
    }
    seen.set(run.id, real);
  }
  return folders.sort((a, b) => a.run.createdAt.localeCompare(b.run.createdAt));
}

/** All that a report of one run is made from. @param status takes what had to be left out */
export async function readRunInput(
  folder: RunFolder,
  roots: Roots,
  status: (text: string) => void,
): Promise<ReportInput> {
  // What is wrong with a file of the user's own is said before anything else.
  const prices = await readPrices(roots.prices);
  const { records, damaged } = await folder.readRecords();
  for (const { reason } of damaged) status(`left out of the report's tables: ${reason}`);
  return {
    run: folder.run,
    records,
    damaged,
    samplesByCell: await samplesOf(
      folder,
      records.map(({ cell }) => cell.id),
      status,
    ),
    flames: await flameEntries(folder, deriveRun(records), status),
    noiseFloors: await noiseFloorsBeside(folder, status),
    prices,
    footprints: await footprintsFor([folder], status),
    claims: await readClaims(roots),
  };
}

/**
 * All that a report of several runs is made from.
 * @param folders at least two, oldest first
 * @throws UsageError for runs whose figures don't compare
 */
export async function readPoolInput(
  folders: readonly RunFolder[],
  roots: Roots,
  status: (text: string) => void,
): Promise<ReportInput> {
  const prices = await readPrices(roots.prices);
  const parts: { folder: RunFolder; read: ReadRun }[] = [];
  for (const folder of folders) parts.push({ folder, read: await readRun(folder, status) });
  const runs = parts.map(({ read }) => read);
  const notes = requirePoolable(runs);
  const pool = poolRuns(runs);
  const samplesByCell = new Map<string, readonly Sample[]>();
  const flames: FlameEntry[] = [];
  for (const { folder, read } of parts) {
    const cellOf = (id: string) => pool.cellOf(read.run.id, id);
    const ids = read.records.map(({ cell }) => cell.id);
    for (const [id, samples] of await samplesOf(folder, ids, status)) samplesByCell.set(cellOf(id).id, samples);
    const entries = await flameEntries(folder, read.cells, status);
    flames.push(...entries.map((entry) => pooledFlame(entry, cellOf(entry.cellId))));
  }
  return {
    run: pool.run,
    records: pool.cells,
    damaged: runs.flatMap(({ run, damaged }) =>
      damaged.map(({ cellId, reason }) => ({ cellId: pool.cellOf(run.id, cellId).id, reason })),
    ),
    samplesByCell,
    flames,
    noiseFloors: runs.flatMap(({ noiseFloors }) => noiseFloors),
    pool: { ...pool, notes },
    prices,
    footprints: await footprintsFor(folders, status),
    claims: await readClaims(roots),
  };
}

async function samplesOf(
  folder: RunFolder,
  cellIds: readonly string[],
  status: (text: string) => void,
): Promise<Map<string, readonly Sample[]>> {
  const samplesByCell = new Map<string, readonly Sample[]>();
  for (const id of cellIds) {
    const { samples, damage } = await folder.readSamples(id);
    if (damage !== null) status(`left out of the report's charts: ${damage}`);
    samplesByCell.set(id, samples);
  }
  return samplesByCell;
}

/** Two runs may have profiled the same: the block tells the profiles apart. */
function pooledFlame(entry: FlameEntry, { id, repeat }: Cell): FlameEntry {
  const { profile } = entry.profile;
  const { meta } = profile;
  const suffix = `, block ${repeat}`;
  const subject = meta.subject === null ? null : { ...meta.subject, title: meta.subject.title + suffix };
  return {
    ...entry,
    cellId: id,
    profile: { ...entry.profile, profile: { ...profile, meta: { ...meta, title: meta.title + suffix, subject } } },
  };
}

/** @returns what a reader has to know. @throws UsageError that names all that differs */
function requirePoolable(runs: readonly ReadRun[]): string[] {
  for (const { run } of runs) {
    if (run.changes.length === 0) continue;
    throw new UsageError(
      `${run.id} was changed in mid-run, so its cells don't even compare with one another`,
      'leave it out: its own report says which cells came before the change and which after it',
    );
  }
  const [first, ...others] = runs;
  if (first === undefined) return [];
  const kinds = new Set(runs.map(({ run }) => run.aa?.gateway ?? null));
  if (kinds.size > 1) {
    const names = formatList([...kinds].map((name) => (name === null ? 'ordinary runs' : `A/A runs of ${name}`)));
    throw new UsageError(`${names} can't be one report`, 'report each kind on its own');
  }
  const notes = others.flatMap((other) =>
    requirePair(first, other, {
      acrossMachines: false,
      verb: "can't be one report, because their figures don't compare",
      hints: {
        otherwise: 'report each on its own (gatebench report RUN), or measure both in the same way',
        machine:
          'report each on its own, or compare what two machines have in common: gatebench compare RUN RUN --across-machines',
      },
    }),
  );
  return [...new Set(notes)];
}
