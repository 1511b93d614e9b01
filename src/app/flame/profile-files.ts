import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { flamePage } from '../../flamegraph/flame-page.js';
import { flameSvg } from '../../flamegraph/svg.js';
import { pageAssets } from '../../lib/page-assets.js';
import { FORMATS } from '../../profiles/formats/formats.js';
import type { Grouping } from '../../profiles/group-by.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';

const compress = promisify(gzip);

/** Names of a profile's pictures, side by side in a folder with its exports. */
export const PROFILE_FILES = { page: 'flame.html', svg: 'flame.svg' } as const;

/** Text may come in parts. */
export type FileContent = string | Uint8Array | Iterable<string>;

const EXPORTS = FORMATS.flatMap(({ title, export: file }) => (file ? [{ title, file }] : []));

const LINKS = [
  ...EXPORTS.map(({ title, file }) => ({ label: title, href: file.fileName })),
  { label: 'SVG', href: PROFILE_FILES.svg },
];

/**
 * Every form in which a profile is handed out, by file name. One at a time: those of a large profile are large.
 * @param entries the page has all of them; the other forms are of the first
 * @param grouping of stacks that the page shows first; undefined for what suits the profile
 */
export async function* profileFiles(
  entries: readonly [FlameEntry, ...FlameEntry[]],
  machine: string | null,
  grouping?: Grouping,
): AsyncGenerator<[name: string, content: FileContent]> {
  const [{ profile }] = entries;
  const extras = { machine, files: LINKS, ...(grouping !== undefined && { grouping }) };
  yield [PROFILE_FILES.page, flamePage(entries, await pageAssets('flame-page'), extras)];
  yield [PROFILE_FILES.svg, flameSvg(profile)];
  for (const { file } of EXPORTS) {
    yield [file.fileName, file.gzipped ? await compress(file.write(profile.profile)) : file.write(profile.profile)];
  }
}
