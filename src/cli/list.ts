import { relative } from 'node:path';
import { Argument, type Command } from 'commander';
import { formatTitle } from '../lib/format.js';
import { pathInside } from '../lib/path-inside.js';
import { printable } from '../lib/printable.js';
import { rootsOf } from '../lib/roots.js';
import { formatLoadLevels } from '../model/format-load.js';
import { gatewaysDirOption, jsonOption } from './options/cell-options.js';
import { colours, writeJson, writeResult } from './output.js';

interface ListOptions {
  json?: boolean;
  gatewaysDir?: string;
}

const LISTS = { gateways: listGateways, sets: listSets, scenarios: listScenarios };

export function registerList(program: Command): void {
  program
    .command('list')
    .description('list gateways, sets of them, or scenarios')
    .addArgument(new Argument('[what]', 'what to list').choices(Object.keys(LISTS)).default('gateways'))
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText('after', '\nExamples:\n  gatebench list\n  gatebench list sets\n  gatebench list scenarios --json')
    .action((what: keyof typeof LISTS, options: ListOptions) => LISTS[what](options));
}

async function listGateways({ json, gatewaysDir }: ListOptions): Promise<void> {
  const [{ allVariants, readGateways }, { gatewayLabel }] = await Promise.all([
    import('../store/gateways.js'),
    import('../model/resolved-gateway.js'),
  ]);
  const roots = rootsOf(gatewaysDir);
  const gateways = allVariants(await readGateways(roots.gateways)).map((gateway) => ({
    label: gatewayLabel(gateway),
    title: gateway.title,
    language: gateway.language,
    version: gateway.kind === 'process' ? gateway.version : null,
    notes: gateway.notes,
    folder: gateway.folder,
  }));
  if (json) return writeJson(gateways);
  const width = Math.max(...gateways.map(({ label }) => label.length));
  for (const { label, title, language, version, folder } of gateways) {
    const isOwn = roots.ownGateways !== null && pathInside(roots.ownGateways, folder) !== null;
    const what = `${formatTitle(title, version)}, ${language}${isOwn ? `, ${relative('', folder)}` : ''}`;
    writeResult(`${colours.bold(label.padEnd(width))}  ${printable(what)}`);
  }
}

async function listSets({ json, gatewaysDir }: ListOptions): Promise<void> {
  const [{ readGateways }, { readGatewaySets, SET_MARK }] = await Promise.all([
    import('../store/gateways.js'),
    import('../store/gateway-sets.js'),
  ]);
  const roots = rootsOf(gatewaysDir).gateways;
  const { byName, defaultLabels } = await readGatewaySets(roots, await readGateways(roots));
  const sets = [...byName.values()].map(({ name, title, gateways }) => ({ set: SET_MARK + name, title, gateways }));
  if (json) return writeJson({ sets, default: defaultLabels });
  const width = Math.max(...sets.map(({ set }) => set.length));
  for (const { set, title, gateways } of sets) {
    writeResult(
      `${colours.bold(set.padEnd(width))}  ${printable(title)}\n${' '.repeat(width + 2)}${gateways.join(', ')}`,
    );
  }
}

async function listScenarios({ json }: ListOptions): Promise<void> {
  const { readScenarios } = await import('../store/scenarios.js');
  const scenarios = await readScenarios(rootsOf().scenarios);
  if (json) return writeJson(scenarios);
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  for (const { name, title, load } of scenarios) {
    const what = `${title}: ${formatLoadLevels(load)}, ${load.durationS} s`;
    writeResult(`${colours.bold(name.padEnd(width))}  ${printable(what)}`);
  }
}
