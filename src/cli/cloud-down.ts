import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type NameOption, nameOption, type OutOption, outOption } from './options/cloud-options.js';
import { writeStatus } from './output.js';

export function registerCloudDown(cloud: Command): void {
  cloud
    .command('down')
    .description('stop what runs, fetch the results, and remove the machines')
    .addOption(nameOption())
    .addOption(outOption())
    .addOption(new Option('--discard', 'remove the machines even if their results cannot be fetched'))
    .action(async ({ name, out, discard }: NameOption & OutOption & { discard?: boolean }) => {
      const [{ takeDownNamed }, { interruptibleCloud }, { rootsOf }] = await Promise.all([
        import('../app/cloud/down.js'),
        import('./interrupt-cloud.js'),
        import('../lib/roots.js'),
      ]);
      const roots = rootsOf();
      const results = resolve(out ?? roots.results);
      await interruptibleCloud('stop, and remove nothing', (guard) =>
        takeDownNamed(name, roots, {
          results,
          discard: discard === true,
          status: writeStatus,
          guard,
          signal: guard.signal,
        }),
      );
    });
}
