import { type Command, Option } from 'commander';
import { rootsOf } from '../lib/roots.js';
import { printProfile } from './flame-result.js';
import { jsonOption } from './options/cell-options.js';
import { eventChoice, type ProfileChoiceFlags, profileChoiceOptions } from './options/flame-options.js';

interface ImportOptions extends ProfileChoiceFlags {
  out?: string;
  json?: boolean;
}

export function registerFlameImport(flame: Command): void {
  const command = flame
    .command('import')
    .description('draw the flame graph of a profile that another tool captured')
    .argument('<file>', 'perf script text, pprof, .cpuprofile, speedscope, folded stacks or 0x stacks, plain or .gz')
    .addOption(new Option('-o, --out <dir>', 'folder for the files (default: results/profiles/<name>)'));
  for (const option of profileChoiceOptions()) command.addOption(option);
  command
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  perf script --header > perf.script; gatebench flame import perf.script
  gatebench flame import perf.script --event page-faults --group-by pid
  gatebench flame import heap.pb.gz --sample-type alloc_space --out ferro-profile
  gatebench flame import CPU.20260504.cpuprofile --json | jq .categories`,
    )
    .action(async (file: string, options: ImportOptions) => {
      const { importToFolder } = await import('../app/flame/profile-folder.js');
      const choice = { out: options.out, event: eventChoice(options), groupBy: options.groupBy };
      printProfile(await importToFolder(file, choice, rootsOf()), options.json === true);
    });
}
