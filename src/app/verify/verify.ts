import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findConflicts } from '../../analysis/claim-conflicts.js';
import { judgeClaims, type MeasuredRun } from '../../analysis/claim-verdicts.js';
import { deriveRun } from '../../analysis/derive-run.js';
import { judgeShapes } from '../../analysis/shape-verdicts.js';
import { summarise } from '../../analysis/summary.js';
import type { Roots } from '../../lib/roots.js';
import type { Claims } from '../../model/claims.js';
import type { Run } from '../../model/run.js';
import { publishedVerdicts } from '../../profiles/analysis/published-profiles.js';
import type { CategorisedProfile } from '../../profiles/categories/categorise.js';
import type { Section } from '../../report/section.js';
import { type ProfileVerdict, type Verdicts, verdictSections } from '../../report/verdict-sections.js';
import { readClaims } from '../../store/claims.js';
import { isRunFolder, RunFolder } from '../../store/run-folder.js';
import { flameEntries } from '../report/flame-entries.js';

export interface Verified extends Verdicts {
  /** Newest first. */
  runs: Run[];
  sections: Section[];
}

/**
 * Judge every published claim by runs that were measured.
 * @param paths folders of runs; none are all runs in the results folder
 * @throws UsageError for a path that is no run, ExpectedError for claims or records that can't be read
 */
export async function verifyClaims(
  paths: readonly string[],
  roots: Roots,
  status: (text: string) => void,
): Promise<Verified> {
  const claims = await readClaims(roots.results);
  const folders = await Promise.all((paths.length === 0 ? await everyRun(roots.results) : paths).map(openRun));
  folders.sort((a, b) => b.run.createdAt.localeCompare(a.run.createdAt));
  const measured: MeasuredRun[] = [];
  const profiles: CategorisedProfile[] = [];
  for (const folder of folders) {
    const { records, damaged } = await folder.readRecords();
    for (const { reason } of damaged) status(`left out: ${reason}`);
    const cells = deriveRun(records);
    measured.push({
      run: folder.run,
      // A profiler takes CPU from the gateway.
      summaries: summarise(
        { ...folder.run, cells: folder.run.cells.filter(({ profiler }) => profiler === null) },
        cells.filter(({ cell }) => cell.profiler === null),
      ),
    });
    profiles.push(...(await flameEntries(folder, cells, status)).map(({ profile }) => profile));
  }
  const verdicts: Verdicts = {
    claims: judgeClaims(claims, measured),
    shapes: judgeShapes(claims, measured),
    profiles: judgeProfiles(claims, profiles),
    conflicts: findConflicts(claims),
  };
  const runs = folders.map(({ run }) => run);
  return { ...verdicts, runs, sections: verdictSections(verdicts, claims, runs) };
}

function openRun(path: string): Promise<RunFolder> {
  return RunFolder.open(resolve(path));
}

async function everyRun(results: string): Promise<string[]> {
  const names = await readdir(results).catch(() => []);
  return names.map((name) => join(results, name)).filter(isRunFolder);
}

function judgeProfiles({ profiles }: Claims, measured: readonly CategorisedProfile[]): ProfileVerdict[] {
  return publishedVerdicts(profiles, measured).map(({ published, verdict, results }) => {
    const none = !measured.some(({ profile }) => profile.meta.subject?.label.split(':')[0] === published.gateway);
    const sentence = [...new Set(results.map(({ found }) => found))].join(' ');
    return { published, verdict: none ? 'not-measured' : verdict, sentence };
  });
}
