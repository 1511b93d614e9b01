import { type Command, Option } from 'commander';
import type { OutdatedRow } from '../app/upgrade/outdated.js';
import { EXIT } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import { interruptible } from './interrupt.js';
import { gatewaysDirOption, jsonOption } from './options/cell-options.js';
import { colours, writeJson, writeResult } from './output.js';

interface OutdatedOptions {
  strict?: boolean;
  json?: boolean;
  gatewaysDir?: string;
}

export function registerOutdated(program: Command): void {
  program
    .command('outdated')
    .description('ask the registries (npm, PyPI, Go, crates.io, Debian) what is newer than the pinned gateways')
    .argument('[gateways...]', 'gateways, each name, name:variant or name@version (default: all)')
    .addOption(new Option('--strict', 'exit with 1 where something is newer'))
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText(
      'after',
      '\nThe registries are asked by their own clients, so your mirrors and proxies apply. `gatebench upgrade` writes a new pin.\n\nExamples:\n  gatebench outdated\n  gatebench outdated litellm portkey --json',
    )
    .action((labels: string[], options: OutdatedOptions) =>
      interruptible((signal) => outdated(labels, options, signal)),
    );
}

async function outdated(labels: string[], options: OutdatedOptions, signal: AbortSignal): Promise<void> {
  const { findOutdated } = await import('../app/upgrade/outdated.js');
  const rows = await findOutdated(labels, { roots: rootsOf(options.gatewaysDir), signal });
  if (options.json) writeJson(rows);
  else writeResult(outdatedText(rows));
  const isNewer = rows.some(({ state }) => state === 'newer');
  process.exitCode = options.strict === true && isNewer ? EXIT.failed : EXIT.ok;
}

/** The rows for people. */
function outdatedText(rows: readonly OutdatedRow[]): string {
  const cells = rows.map((row) => [
    row.gateway,
    row.version,
    row.newest ?? '–',
    row.registry === null ? '–' : `${row.registry} ${row.package ?? ''}`.trim(),
    stateText(row),
  ]);
  const all = [['gateway', 'pinned', 'newest', 'registry', ''], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function stateText({ state, gateway, reason }: OutdatedRow): string {
  const why = reason === null ? '' : ` (${reason})`;
  switch (state) {
    case 'newer':
      return `${colours.yellow('newer')}${why || `: gatebench upgrade ${gateway.split(':')[0]}`}`;
    case 'ahead':
      return `pinned is newer${why}`;
    case 'current':
      return `current${why}`;
    case 'unknown':
      return `not known${why}`;
    default:
      return state satisfies never;
  }
}
