import type { Command } from 'commander';
import { registerCloudBench } from './cloud-bench.js';
import { registerCloudDown } from './cloud-down.js';
import { registerCloudFetch } from './cloud-fetch.js';
import { registerCloudStatus } from './cloud-status.js';
import { registerCloudUp } from './cloud-up.js';

/** `gatebench cloud`: measure on other machines. */
export function registerCloud(program: Command): void {
  const cloud = program
    .command('cloud')
    .description('measure on other machines: created with Terraform and removed afterwards, or hosts of your own')
    .addHelpText(
      'after',
      `
Examples:
  gatebench cloud bench --var project=my-project-123456     # create, install, measure, fetch, remove
  gatebench cloud up --host me@bench.example.com            # or step by step
  gatebench cloud bench -- --scenario quick
  gatebench cloud down

Costs, permissions, and what is left behind: docs/cloud.md`,
    );
  registerCloudUp(cloud);
  registerCloudBench(cloud);
  registerCloudStatus(cloud);
  registerCloudFetch(cloud);
  registerCloudDown(cloud);
}
