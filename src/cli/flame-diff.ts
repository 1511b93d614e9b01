import { type Command, Option } from 'commander';
import { rootsOf } from '../lib/roots.js';
import { jsonOption } from './options/cell-options.js';
import { eventChoice, type ProfileChoiceFlags, profileChoiceOptions } from './options/flame-options.js';
import { colours, writeJson, writeResult, writeStatus } from './output.js';

const PROFILE = 'a profiled cell of a run (results/<run>/cells/<cell-id>), or any file that `flame import` reads';

interface DiffOptions extends ProfileChoiceFlags {
  out?: string;
  json?: boolean;
}

export function registerFlameDiff(flame: Command): void {
  const command = flame
    .command('diff')
    .description('draw what changed between two profiles, in CPU time per request')
    .argument('<before>', PROFILE)
    .argument('<after>', 'the same')
    .addOption(new Option('-o, --out <file>', 'the page (default: results/profiles/<before>-to-<after>.html)'));
  for (const option of profileChoiceOptions()) command.addOption(option);
  command
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  gatebench flame diff results/<run>/cells/portkey-v50-r1-perf results/<run>/cells/portkey-v300-r1-perf
  gatebench flame diff before.folded after.folded --out diff.html`,
    )
    .action(flameDiff);
}

async function flameDiff(before: string, after: string, options: DiffOptions): Promise<void> {
  const [{ diffFiles }, { diffSections }, { terminalSections }] = await Promise.all([
    import('../app/flame/diff-files.js'),
    import('../report/profiles/diff-sections.js'),
    import('../report/terminal.js'),
  ]);
  const choice = { out: options.out, event: eventChoice(options), groupBy: options.groupBy };
  const { diff, page } = await diffFiles(before, after, choice, rootsOf());
  if (options.json) {
    const { tree: _, ...figures } = diff;
    writeJson(figures);
  } else {
    writeResult(terminalSections(diffSections(diff), { colour: colours.isColorSupported }));
  }
  writeStatus(`\ndifferential flame graph: ${page}`);
}
