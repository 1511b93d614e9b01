import type { Command } from 'commander';
import type { RunPlan } from '../app/bench/resolve-run.js';
import { rootsOf } from '../lib/roots.js';
import { interruptible } from './interrupt.js';
import { type CellOptions, cellOptions, cellRequest, gatewaysDirOption, jsonOption } from './options/cell-options.js';
import { writeJson, writeResult, writeStatus } from './output.js';

interface PlanOptions extends CellOptions {
  json?: boolean;
  gatewaysDir?: string;
}

export function registerPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('show what bench would run, in which order, and how long it would take')
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText(
      'after',
      '\nExamples:\n  gatebench plan\n  gatebench plan --gateways direct,portkey --vus 50,150 --json',
    )
    .action((options: PlanOptions) => interruptible((signal) => plan(options, signal)));
  for (const option of cellOptions()) command.addOption(option);
}

async function plan(options: PlanOptions, signal: AbortSignal): Promise<void> {
  const [{ estimatedSeconds, resolveRun }, { planText }] = await Promise.all([
    import('../app/bench/resolve-run.js'),
    import('./progress/format-plan.js'),
  ]);
  const context = { roots: rootsOf(options.gatewaysDir), identity: undefined, signal, status: writeStatus };
  const resolved = await resolveRun(cellRequest(options), context);
  if (options.json) writeJson({ ...planJson(resolved), estimatedS: estimatedSeconds(resolved) });
  else writeResult(planText(resolved));
}

function planJson({
  scenario,
  engine,
  engineUnavailable,
  placement,
  loadPriority,
  calibration,
  seed,
  gateways,
  cells,
}: RunPlan) {
  return {
    scenario,
    engine: { name: engine.name, version: engine.version, unavailable: engineUnavailable },
    placement,
    loadPriority,
    calibration,
    seed,
    gateways,
    cells,
  };
}
