import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { diffPage } from '../flamegraph/diff-page.js';
import { pageAssets } from '../lib/page-assets.js';
import { rootsOf } from '../lib/roots.js';
import type { Profile } from '../model/profile.js';
import { importProfile } from '../profilers/import-file.js';
import { diffProfiles } from '../profiles/analysis/diff.js';
import { categorise } from '../profiles/categories/categorise.js';
import { diffSections } from '../report/profiles/diff-sections.js';
import { terminalSections } from '../report/terminal.js';
import { writeFileAtomic } from '../store/atomic-file.js';
import { PROFILE_FILE } from '../store/cell-folder.js';
import { makeFolder } from '../store/make-folder.js';
import { jsonOption } from './options/cell-options.js';
import { colours, writeJson, writeResult, writeStatus } from './output.js';

const PROFILE = 'a profiled cell of a run (results/<run>/cells/<cell-id>), or any file that `flame import` takes';

export function registerFlameDiff(flame: Command): void {
  flame
    .command('diff')
    .description('draw what changed between two profiles, in CPU time per request')
    .argument('<before>', PROFILE)
    .argument('<after>', 'the same')
    .addOption(new Option('-o, --out <file>', 'the page (default: results/profiles/<before>-to-<after>.html)'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  gatebench flame diff results/<run>/cells/portkey-v50-r1-perf results/<run>/cells/portkey-v300-r1-perf
  gatebench flame diff before.folded after.folded --out diff.html`,
    )
    .action(async (beforePath: string, afterPath: string, options: { out?: string; json?: boolean }) => {
      const [before, after] = [await readProfile(beforePath), await readProfile(afterPath)];
      const diff = diffProfiles(categorise(before), categorise(after));
      const name = `${nameOf(beforePath)}-to-${nameOf(afterPath)}.html`;
      const out = resolve(options.out ?? join(rootsOf().results, 'profiles', name));
      await makeFolder(dirname(out));
      await writeFileAtomic(out, diffPage(diff, await pageAssets()));
      if (options.json) {
        const { tree: _, ...figures } = diff;
        writeJson(figures);
      } else {
        writeResult(terminalSections(diffSections(diff), { colour: colours.isColorSupported }));
      }
      writeStatus(`\ndifferential flame graph: ${out}`);
    });
}

function readProfile(path: string): Promise<Profile> {
  const given = resolve(path);
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() === true;
  return importProfile(isFolder ? join(given, PROFILE_FILE) : given);
}

/** Of a cell its id, of a file its name without what follows the first dot. */
function nameOf(path: string): string {
  return basename(resolve(path)).replace(/\..*$/, '');
}
