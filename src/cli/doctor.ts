import type { Command } from 'commander';
import type { Check } from '../app/doctor/check.js';
import { containerChecks } from '../app/doctor/containers.js';
import { gatewayChecks } from '../app/doctor/gateways.js';
import { machineChecks } from '../app/doctor/machine.js';
import { profilerChecks } from '../app/doctor/profilers.js';
import { EXIT } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import { gatewaysDirOption, jsonOption } from './options/cell-options.js';
import { colours, writeJson, writeResult } from './output.js';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check the machine and the installed gateways, without changing anything')
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText(
      'after',
      '\nExamples:\n  gatebench doctor\n  gatebench doctor --json | jq \'.[] | select(.verdict != "ok")\'\n\nExit codes: 0 bench can work, 1 it can’t',
    )
    .action(async (options: { json?: boolean; gatewaysDir?: string }) => {
      const roots = rootsOf(options.gatewaysDir);
      const checks = [
        ...(await machineChecks(roots)),
        ...(await containerChecks()),
        ...(await profilerChecks(roots)),
        ...(await gatewayChecks(roots)),
      ];
      if (options.json) writeJson(checks);
      else writeResult(checks.map(checkText).join('\n'));
      process.exitCode = checks.some(({ verdict }) => verdict === 'fail') ? EXIT.failed : EXIT.ok;
    });
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
