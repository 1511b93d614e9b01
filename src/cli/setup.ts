import { type Command, Option } from 'commander';
import type { SetupRow } from '../app/setup/install-all.js';
import { EXIT, UsageError } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import { interruptible } from './interrupt.js';
import { gatewaysDirOption, jsonOption, parseList } from './options/cell-options.js';
import { writeJson, writeResult, writeStatus } from './output.js';

interface SetupOptions {
  strict?: boolean;
  force?: boolean;
  verbose?: boolean;
  json?: boolean;
  gatewaysDir?: string;
}

export function registerSetup(program: Command): void {
  program
    .command('setup')
    .description('install gateways, load generators and profilers at their pinned versions')
    .argument(
      '[names...]',
      'gateways, each name, name:variant, name@version or a set such as @today, and tools such as k6 (default: @published)',
    )
    .addOption(new Option('--strict', 'exit with 1 unless every gateway is installed at its pinned version'))
    .addOption(new Option('--force', 'install again what is installed'))
    .addOption(new Option('--verbose', 'show what the installers print'))
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText(
      'after',
      `
They go into .gateways/ and .tools/ of a checkout, or else into $XDG_CACHE_HOME/gatebench (~/.cache/gatebench).

Examples:
  gatebench setup
  gatebench setup portkey litellm --strict
  gatebench setup @baselines
  gatebench setup k6 wrk py-spy`,
    )
    .action((labels: string[], options: SetupOptions) =>
      interruptible((signal) => setup(parseLabels(labels), options, signal)),
    );
}

/** Commas part them too. @throws UsageError where all that is given is commas: it would mean all gateways */
function parseLabels(given: string[]): string[] {
  const labels = given.flatMap(parseList);
  if (given.length > 0 && labels.length === 0) {
    throw new UsageError(
      `"${given.join(' ')}" names no gateway`,
      'name some, or none at all for those of the default set',
    );
  }
  return labels;
}

async function setup(labels: string[], options: SetupOptions, signal: AbortSignal): Promise<void> {
  const [{ installAll }, { setupTable }] = await Promise.all([
    import('../app/setup/install-all.js'),
    import('./progress/format-setup.js'),
  ]);
  const request = { labels, force: options.force === true, verbose: options.verbose === true };
  const rows = await installAll(request, { roots: rootsOf(options.gatewaysDir), signal, status: writeStatus });
  if (options.json) writeJson(rows.map(jsonRow));
  else writeResult(setupTable(rows));
  process.exitCode = exitCodeOf(rows, options.strict === true);
}

function jsonRow({ label, result, fallbackFor }: SetupRow) {
  const receipt = result.outcome === 'failed' ? null : result.receipt;
  return {
    gateway: label,
    outcome: result.outcome,
    version: receipt?.reportedVersion ?? null,
    reportedBy: receipt?.reportedBy ?? null,
    method: receipt?.method ?? null,
    pinnedBy: receipt?.pinnedBy ?? null,
    seconds: receipt?.seconds ?? null,
    fallbackFor,
    failures: result.outcome === 'already' ? [] : result.failures,
    hint: result.outcome === 'failed' ? result.hint : null,
  };
}

/** Some gateways missing is normal; setup fails only if none could be installed. */
function exitCodeOf(rows: SetupRow[], strict: boolean): number {
  const failed = rows.filter(({ result }) => result.outcome === 'failed').length;
  if (strict) return failed > 0 ? EXIT.failed : EXIT.ok;
  return rows.length > 0 && failed === rows.length ? EXIT.failed : EXIT.ok;
}
