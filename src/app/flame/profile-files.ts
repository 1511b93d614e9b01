import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { flamePage } from '../../flamegraph/flame-page.js';
import { flameSvg } from '../../flamegraph/svg.js';
import { pageAssets } from '../../lib/page-assets.js';
import { findingsOf } from '../../profiles/analysis/findings.js';
import { FORMATS } from '../../profiles/formats/formats.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';

const compress = promisify(gzip);

/** Names of a profile's pictures, side by side in a folder with its exports. */
export const PROFILE_FILES = { page: 'flame.html', svg: 'flame.svg' } as const;

const EXPORTS = FORMATS.flatMap(({ title, export: file }) => (file ? [{ title, ...file }] : []));

const LINKS = [
  ...EXPORTS.map(({ title, fileName }) => ({ label: title, href: fileName })),
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
  const files = new Map<string, string | Uint8Array>([
    [PROFILE_FILES.page, flamePage(entry, await pageAssets(), { findings, machine, files: LINKS })],
    [PROFILE_FILES.svg, flameSvg(entry.profile)],
  ]);
  for (const { fileName, gzipped, write } of EXPORTS) {
    files.set(fileName, gzipped ? await compress(write(profile)) : write(profile));
  }
  return files;
}
