import { resolve } from 'node:path';
import { findConflicts } from '../../analysis/claim-conflicts.js';
import { judgeClaims, type MeasuredRun } from '../../analysis/claim-verdicts.js';
import { judgeShapes } from '../../analysis/shape-verdicts.js';
import type { Roots } from '../../lib/roots.js';
import type { Claims } from '../../model/claims.js';
import type { Run } from '../../model/run.js';
import { publishedVerdicts } from '../../profiles/analysis/published-profiles.js';
import type { CategorisedProfile } from '../../profiles/categories/categorise.js';
import type { Section } from '../../report/section.js';
import { type ProfileVerdict, type Verdicts, verdictSections } from '../../report/verdict-sections.js';
import { readClaims } from '../../store/claims.js';
import { RunFolder } from '../../store/run-folder.js';
import { readRun, runFoldersIn } from '../compare/read-runs.js';
import { flameEntries } from '../report/flame-entries.js';
import { footprintsFor } from '../report/footprints-for.js';

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
  const claims = await readClaims(roots);
  const folders = await Promise.all((paths.length === 0 ? await runFoldersIn(roots.results) : paths).map(openRun));
  folders.sort((a, b) => b.run.createdAt.localeCompare(a.run.createdAt));
  const measured: MeasuredRun[] = [];
  const profiles: CategorisedProfile[] = [];
  for (const folder of folders) {
    const read = await readRun(folder, status);
    measured.push({ ...read, footprints: await footprintsFor([folder], status) });
    profiles.push(...(await flameEntries(folder, read.cells, status)).map(({ profile }) => profile));
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

function judgeProfiles({ profiles }: Claims, measured: readonly CategorisedProfile[]): ProfileVerdict[] {
  return publishedVerdicts(profiles, measured).map(({ published, verdict, results }) => {
    const none = !measured.some(({ profile }) => profile.meta.subject?.label.split(':')[0] === published.gateway);
    const sentence = [...new Set(results.map(({ found }) => found))].join(' ');
    return { published, verdict: none ? 'not-measured' : verdict, sentence };
  });
}
