import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { MAX_DURATION_S } from '../model/bounds.js';
import { parseBenchArguments } from './bench.js';
import { durationParser, namesParser } from './options/cell-options.js';
import {
  addUpOptions,
  givenUpOptions,
  type OutOption,
  outOption,
  parseUpRequest,
  type UpOptions,
} from './options/cloud-options.js';
import { colours, writeResult, writeStatus } from './output.js';

interface CloudBenchOptions extends UpOptions, OutOption {
  gateways?: string[];
  project?: string;
  resume?: boolean;
  patience: number;
}

export function registerCloudBench(cloud: Command): void {
  addUpOptions(cloud.command('bench'))
    .description('measure on a machine: create it unless it is up, install, run, fetch, and remove what was created')
    .argument('[bench-arguments...]', 'after --: arguments for `gatebench bench` there, such as -- --scenario quick')
    .addOption(
      new Option(
        '-g, --gateways <gateways>',
        'gateways to install and measure, or a set such as @today (default: @published)',
      ).argParser(namesParser('direct,portkey')),
    )
    .addOption(new Option('--project <dir>', 'git checkout whose commit is copied there (default: this one)'))
    .addOption(new Option('--resume', "resume the machine's newest run"))
    .addOption(outOption())
    .addOption(
      new Option('--patience <time>', 'how long a machine may be unreachable during a run')
        .default(1800, '30m')
        .argParser(durationParser({ min: 0, max: MAX_DURATION_S })),
    )
    .addHelpText(
      'after',
      `
Examples:
  gatebench cloud bench --var project=my-project-123456
  gatebench cloud bench --host me@bench.example.com -g direct,portkey -- --scenario quick --seed 7
  gatebench cloud bench --topology split --load-count 2 --var project=my-project-123456
  gatebench cloud bench --name nightly --resume`,
    )
    .action(async (benchArgs: string[], options: CloudBenchOptions, command: Command) => {
      const [{ benchInCloud }, { confirmCreation, interruptibleCloud }, { rootsOf }] = await Promise.all([
        import('../app/cloud/bench.js'),
        import('./interrupt-cloud.js'),
        import('../lib/roots.js'),
      ]);
      const roots = rootsOf();
      const run = parseBenchArguments(benchArgs);
      const consequence = 'stop the run, fetch what was measured, and remove what was created';
      await interruptibleCloud(consequence, async (guard) => {
        process.exitCode = await benchInCloud(
          {
            up: parseUpRequest(options),
            upOptions: givenUpOptions(command),
            gateways: options.gateways ?? null,
            project: options.project === undefined ? undefined : resolve(options.project),
            benchArgs,
            run: { ...run, gateways: options.gateways ?? run.gateways },
            resume: options.resume === true,
            results: resolve(options.out ?? roots.results),
            patienceS: options.patience,
          },
          roots,
          {
            status: writeStatus,
            onLog: (text) => process.stderr.write(text),
            onReport: (report) => writeResult(report.terminal({ colour: colours.isColorSupported })),
            confirm: confirmCreation(options.yes === true),
            guard,
          },
        );
      });
    });
}
