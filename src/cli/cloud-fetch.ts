import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type NameOption, nameOption, type OutOption, outOption } from './options/cloud-options.js';
import { colours, writeResult, writeStatus } from './output.js';

export function registerCloudFetch(cloud: Command): void {
  cloud
    .command('fetch')
    .description('fetch finished cells; a run that is under way continues')
    .addOption(nameOption())
    .addOption(outOption())
    .action(async ({ name, out }: NameOption & OutOption) => {
      const [{ fetchEnvironment }, { rootsOf }] = await Promise.all([
        import('../app/cloud/fetch.js'),
        import('../lib/roots.js'),
      ]);
      const roots = rootsOf();
      const results = resolve(out ?? roots.results);
      const { report, running } = await fetchEnvironment(name, roots, { results, status: writeStatus });
      if (report !== null) writeResult(report.terminal({ colour: colours.isColorSupported }));
      writeStatus(running ? 'the run is still under way' : 'all results are fetched');
    });
}
