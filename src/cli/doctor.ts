import { type Command, Option } from 'commander';
import type { Check } from '../app/doctor/check.js';
import { EXIT } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import { interruptible } from './interrupt.js';
import { gatewaysDirOption, jsonOption } from './options/cell-options.js';
import { colours, writeJson, writeResult } from './output.js';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check the machine and the installed gateways, without changing anything')
    .addOption(
      new Option('--fitness', 'whether the machine is fit to measure now: quiet, steady, enough CPUs (takes 5 s)'),
    )
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText(
      'after',
      '\nExamples:\n  gatebench doctor\n  gatebench doctor --fitness\n  gatebench doctor --json | jq \'.[] | select(.verdict != "ok")\'\n\nExit codes: 0 bench can run, and with --fitness be trusted; 1 it cannot',
    )
    .action((options: DoctorOptions) => interruptible((signal) => doctor(options, signal)));
}

interface DoctorOptions {
  fitness?: boolean;
  json?: boolean;
  gatewaysDir?: string;
}

async function doctor(options: DoctorOptions, signal: AbortSignal): Promise<void> {
  const { runChecks, runFitnessChecks } = await import('../app/doctor/doctor.js');
  const checks = options.fitness
    ? await runFitnessChecks(signal, { calibrate: true })
    : await runChecks(rootsOf(options.gatewaysDir));
  if (options.json) writeJson(checks);
  else writeResult(checks.map(checkText).join('\n'));
  process.exitCode = checks.some(({ verdict }) => verdict === 'fail') ? EXIT.failed : EXIT.ok;
}

function checkText({ subject, verdict, message, hint }: Check): string {
  const marks = { ok: colours.green('ok  '), warn: colours.yellow('warn'), fail: colours.red('fail') };
  const next =
    hint === undefined
      ? ''
      : hint
          .split('\n')
          .map((line) => `\n        → ${line}`)
          .join('');
  return `${marks[verdict]}  ${subject}: ${message.replaceAll('\n', '\n        ')}${next}`;
}
