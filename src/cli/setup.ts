import { type Command, Option } from 'commander';
import { installGateway } from '../install/install-gateway.js';
import { EXIT } from '../lib/errors.js';
import { type Roots, rootsOf } from '../lib/roots.js';
import type { InstallSubject } from '../model/install-subject.js';
import { DEFAULT_VARIANT, gatewayLabel, type ProcessGateway, type ResolvedGateway } from '../model/resolved-gateway.js';
import { allVariants, findGateway, readGateways } from '../store/gateways.js';
import { readTools } from '../store/tools.js';
import { interruptible } from './interrupt.js';
import { gatewaysDirOption, jsonOption, parseList } from './options/cell-options.js';
import { writeJson, writeResult, writeStatus } from './output.js';
import { type SetupRow, setupTable } from './progress/format-setup.js';

interface SetupOptions {
  strict?: boolean;
  force?: boolean;
  verbose?: boolean;
  json?: boolean;
  gatewaysDir?: string;
}

/** Installers mostly wait for downloads; a third at once would only compete for the cores with compilers. */
const AT_ONCE = 2;

export function registerSetup(program: Command): void {
  program
    .command('setup')
    .description(
      'install gateways at their pinned versions, into .gateways/, and load generators and profilers, into .tools/',
    )
    .argument('[names...]', 'gateways, each name or name:variant, and tools such as k6 (default: all gateways)')
    .addOption(new Option('--strict', 'exit with 1 unless every gateway is installed at its pinned version'))
    .addOption(new Option('--force', 'install again what is installed'))
    .addOption(new Option('--verbose', 'show what the installers print'))
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText(
      'after',
      '\nExamples:\n  gatebench setup\n  gatebench setup portkey litellm --strict\n  gatebench setup k6 wrk py-spy',
    )
    .action((labels: string[], options: SetupOptions) =>
      interruptible(async (signal) => {
        const rows = await setup(labels.flatMap(parseList), options, signal);
        if (options.json) writeJson(rows.map(jsonRow));
        else writeResult(setupTable(rows));
        process.exitCode = exitCodeOf(rows, options.strict === true);
      }),
    );
}

async function setup(labels: string[], options: SetupOptions, signal: AbortSignal): Promise<SetupRow[]> {
  const roots = rootsOf(options.gatewaysDir);
  const stored = await readGateways(roots.gateways);
  const variants = allVariants(stored);
  const tools = await readTools(roots.tools);
  const wantedTools = [...tools.values()].filter(({ name }) => labels.includes(name));
  const wanted =
    labels.length > 0
      ? labels.filter((label) => !tools.has(label)).map((label) => findGateway(stored, label, [...tools.keys()]))
      : variants.filter(({ variant }) => variant === DEFAULT_VARIANT);
  const queue: (() => Promise<SetupRow[]>)[] = [
    ...wantedTools.map((tool) => async () => [
      await installOne(tool, tool.name, null, roots.toolInstalls, options, signal),
    ]),
    ...distinctInstalls(wanted).map((gateway) => () => installWithStandIn(gateway, variants, roots, options, signal)),
  ];
  const rows: SetupRow[] = [];
  const worker = async () => {
    for (let install = queue.shift(); install; install = queue.shift()) rows.push(...(await install()));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return rows.sort((a, b) => a.label.localeCompare(b.label));
}

/** Variants of one version share an installation. */
function distinctInstalls(wanted: readonly ResolvedGateway[]): ProcessGateway[] {
  const byFolder = new Map<string, ProcessGateway>();
  for (const gateway of wanted) {
    if (gateway.kind !== 'process') continue;
    const key = `${gateway.name}/${gateway.version}`;
    if (!byFolder.has(key)) byFolder.set(key, gateway);
  }
  return [...byFolder.values()];
}

async function installWithStandIn(
  gateway: ProcessGateway,
  variants: readonly ResolvedGateway[],
  roots: Roots,
  options: SetupOptions,
  signal: AbortSignal,
): Promise<SetupRow[]> {
  const label = gatewayLabel(gateway);
  const first = await installOne(gateway, label, null, roots.installs, options, signal);
  if (first.result.outcome !== 'failed' || gateway.variant !== DEFAULT_VARIANT) return [first];
  for (const candidate of variants) {
    if (candidate.kind !== 'process' || !candidate.fallback || candidate.name !== gateway.name) continue;
    writeStatus(`${gateway.name}: trying ${gatewayLabel(candidate)} in its place`);
    const row = await installOne(candidate, gatewayLabel(candidate), label, roots.installs, options, signal);
    if (row.result.outcome !== 'failed') return [first, row];
  }
  return [first];
}

async function installOne(
  subject: InstallSubject,
  label: string,
  fallbackFor: string | null,
  root: string,
  options: SetupOptions,
  signal: AbortSignal,
): Promise<SetupRow> {
  writeStatus(`${label}: installing ${subject.version} …`);
  const result = await installGateway(subject, {
    root,
    signal,
    force: options.force === true,
    ...(options.verbose ? { onLine: (line: string) => writeStatus(`${label}: ${line}`) } : {}),
  });
  const outcome = { installed: 'installed', already: 'was installed already', failed: 'could not be installed' };
  writeStatus(`${label}: ${outcome[result.outcome]}`);
  return { label, version: subject.version, result, fallbackFor };
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

/** Not to have every gateway is normal; to have nothing of what was asked for is a failed setup. */
function exitCodeOf(rows: SetupRow[], strict: boolean): number {
  const failed = rows.filter(({ result }) => result.outcome === 'failed').length;
  if (strict) return failed > 0 ? EXIT.failed : EXIT.ok;
  return rows.length > 0 && failed === rows.length ? EXIT.failed : EXIT.ok;
}
