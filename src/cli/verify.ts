import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../lib/errors.js';
import { formatList } from '../lib/format.js';
import { rootsOf } from '../lib/roots.js';
import { gatewaysDirOption, jsonOption } from './options/cell-options.js';
import { colours, writeJson, writeResult, writeStatus } from './output.js';

interface VerifyOptions {
  plan?: boolean;
  out?: string;
  json?: boolean;
  markdown?: boolean;
  gatewaysDir?: string;
}

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'give every published claim a verdict by what was measured, and find claims that contradict each other',
    )
    .argument('[run...]', 'folders of runs; all in results/ by default')
    .option(
      '--plan',
      'write the scenarios that measure what claims say where that can be measured here, and print how to run them',
    )
    .option('-o, --out <folder>', 'with --plan: where the scenarios go (default: results/verify)')
    .option('--markdown', 'print Markdown')
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText(
      'after',
      '\nExamples:\n  gatebench verify results/2026-05-04T10-00-00Z-published\n  gatebench verify --json | jq \'.claims[] | select(.verdict == "differs")\'\n  gatebench verify --plan',
    )
    .action(verify);
}

async function verify(runs: string[], options: VerifyOptions): Promise<void> {
  if (options.plan) return plan(runs, options);
  if (options.out !== undefined) throw new UsageError('--out is for --plan', 'leave it out, or add --plan');
  if (options.json && options.markdown) throw new UsageError('--json and --markdown exclude each other', 'give one');
  const [{ verifyClaims }, { terminalSections }, { markdownSection }] = await Promise.all([
    import('../app/verify/verify.js'),
    import('../report/terminal.js'),
    import('../report/markdown-section.js'),
  ]);
  const { sections, runs: measured, ...verdicts } = await verifyClaims(runs, rootsOf(options.gatewaysDir), writeStatus);
  if (options.json) return writeJson({ runs: measured.map(({ id }) => id), ...verdicts });
  writeResult(
    options.markdown
      ? sections.map((section) => markdownSection(section, 2)).join('\n\n')
      : terminalSections(sections, { colour: colours.isColorSupported }),
  );
}

async function plan(runs: readonly string[], { out, json, gatewaysDir }: VerifyOptions): Promise<void> {
  if (runs.length > 0) throw new UsageError('--plan takes no runs', 'leave them out');
  const { planClaims } = await import('../app/verify/plan-claims.js');
  const roots = rootsOf(gatewaysDir);
  const folder = out === undefined ? join(roots.results, 'verify') : resolve(out);
  const { planned, without } = await planClaims(folder, roots);
  if (json) return writeJson({ planned, without });
  for (const { scenario, claims } of planned) {
    writeStatus(`${scenario.name}: ${claims} claims, VUs ${scenario.load.vus.join(', ')}`);
  }
  if (without.length > 0) writeStatus(`no manifest here, so not planned: ${formatList(without)}`);
  const extra = gatewaysDir === undefined ? '' : ` --gateways-dir ${gatewaysDir}`;
  for (const { path, gateways } of planned) {
    writeResult(`gatebench bench --scenario ${relative('', path)} --gateways ${gateways.join(',')}${extra}`);
  }
}
