import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { flamePage } from '../../flamegraph/flame-page.js';
import { flameSvg } from '../../flamegraph/svg.js';
import { pageAssets } from '../../lib/page-assets.js';
import { findingsOf } from '../../profiles/analysis/findings.js';
import { exportFolded } from '../../profiles/formats/folded/export-folded.js';
import { toPprof } from '../../profiles/formats/pprof/export-pprof.js';
import { toSpeedscope } from '../../profiles/formats/speedscope/export-speedscope.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';

const compress = promisify(gzip);

/** Names of a profile's files, side by side in a folder. */
export const PROFILE_FILES = {
  page: 'flame.html',
  svg: 'flame.svg',
  folded: 'profile.folded',
  speedscope: 'profile.speedscope.json',
  pprof: 'profile.pb.gz',
} as const;

const LINKS = [
  { label: 'folded stacks', href: PROFILE_FILES.folded },
  { label: 'speedscope', href: PROFILE_FILES.speedscope },
  { label: 'pprof', href: PROFILE_FILES.pprof },
  { label: 'SVG', href: PROFILE_FILES.svg },
];

/** Every form in which a profile is handed out, by file name. */
export async function profileFiles(
  entry: FlameEntry,
  machine: string | null,
): Promise<Map<string, string | Uint8Array>> {
  const { profile } = entry.profile;
  const findings = findingsOf(entry.profile, entry)
    .filter(({ kind }) => kind !== 'warning')
    .map(({ text }) => text);
  return new Map<string, string | Uint8Array>([
    [PROFILE_FILES.page, flamePage(entry, await pageAssets(), { findings, machine, files: LINKS })],
    [PROFILE_FILES.svg, flameSvg(entry.profile)],
    [PROFILE_FILES.folded, exportFolded(profile)],
    [PROFILE_FILES.speedscope, toSpeedscope(profile)],
    [PROFILE_FILES.pprof, await compress(toPprof(profile))],
  ]);
}
