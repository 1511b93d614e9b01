import type { Command } from 'commander';
import { addUpOptions, parseUpRequest, type UpOptions } from './options/cloud-options.js';
import { writeStatus } from './output.js';

export function registerCloudUp(cloud: Command): void {
  addUpOptions(cloud.command('up'))
    .description('create the machines, and wait until they accept ssh')
    .action(async (options: UpOptions) => {
      const [{ bringUp }, { confirmCreation, interruptibleCloud }, { rootsOf }] = await Promise.all([
        import('../app/cloud/up.js'),
        import('./interrupt-cloud.js'),
        import('../lib/roots.js'),
      ]);
      await interruptibleCloud('stop, and remove what was created', async (guard) => {
        const confirm = confirmCreation(options.yes === true);
        await bringUp(parseUpRequest(options), rootsOf(), { status: writeStatus, confirm, guard });
      });
    });
}
