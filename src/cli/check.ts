import { relative } from 'node:path';
import { type Command, Option } from 'commander';
import type { CheckResult } from '../app/check/check-targets.js';
import { EXIT } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import { gatewaysDirOption, jsonOption } from './options/cell-options.js';
import { colours, writeJson, writeResult } from './output.js';

interface CheckOptions {
  strict?: boolean;
  json?: boolean;
  gatewaysDir?: string;
}

export function registerCheck(program: Command): void {
  program
    .command('check')
    .description('check gateway manifests and the files they name, without installing or starting anything')
    .argument('[targets...]', 'gateways, or folders of one or several (default: all gateways)')
    .addOption(new Option('--strict', 'count warnings as errors'))
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText(
      'after',
      `
Examples:
  gatebench check
  gatebench check mygateway ./gateways/_template
  gatebench check --gateways-dir ~/gateways --strict

Exit codes: 0 no errors, 2 a manifest is wrong. setup, doctor, plan, bench and flame check the gateways they need.`,
    )
    .action(check);
}

async function check(targets: string[], options: CheckOptions): Promise<void> {
  const { checkTargets } = await import('../app/check/check-targets.js');
  const result = await checkTargets(targets, rootsOf(options.gatewaysDir));
  if (options.json) writeJson(result);
  else writeResult(await checkText(result));
  const failed = result.problems.some(({ severity }) => severity === 'error' || options.strict === true);
  process.exitCode = failed ? EXIT.usage : EXIT.ok;
}

/** For people: each problem with its hint, then how many there are. */
export async function checkText({ checked, problems }: CheckResult): Promise<string> {
  const { formatProblem } = await import('../app/check/problem.js');
  const marks = { warning: colours.yellow('warn'), error: colours.red('fail') };
  const lines = problems.map((problem) => {
    const text = formatProblem({ ...problem, file: shortPath(problem.file) });
    return `${marks[problem.severity]}  ${text}\n        → ${problem.hint}`;
  });
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const counts = `${formatNumberOf(errors, 'error')}, ${formatNumberOf(problems.length - errors, 'warning')}`;
  return [...lines, `${formatNumberOf(checked.length, 'gateway')} checked: ${counts}`].join('\n');
}

/** Relative where that is below this folder. */
function shortPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') ? path : below;
}

function formatNumberOf(count: number, word: string): string {
  return `${count === 0 ? 'no' : count} ${word}${count === 1 ? '' : 's'}`;
}
