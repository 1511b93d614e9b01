import { type Command, Option } from 'commander';
import { rootsOf } from '../lib/roots.js';
import { printProfile } from './flame-result.js';
import { jsonOption } from './options/cell-options.js';

export function registerFlameImport(flame: Command): void {
  flame
    .command('import')
    .description('draw the flame graph of a profile that another tool captured')
    .argument('<file>', 'perf script text, pprof, .cpuprofile, speedscope, folded stacks or 0x stacks, plain or .gz')
    .addOption(new Option('-o, --out <dir>', 'folder for the files (default: results/profiles/<name>)'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  perf script --header > perf.script; gatebench flame import perf.script
  gatebench flame import profile.pb.gz --out ferro-profile
  gatebench flame import CPU.20260504.cpuprofile --json | jq .categories`,
    )
    .action(async (file: string, options: { out?: string; json?: boolean }) => {
      const { importToFolder } = await import('../app/flame/profile-folder.js');
      printProfile(await importToFolder(file, options.out, rootsOf()), options.json === true);
    });
}
