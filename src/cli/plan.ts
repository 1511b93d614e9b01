import type { Command } from 'commander';
import { planRun } from '../app/bench/plan-run.js';
import { rootsOf } from '../lib/roots.js';
import { runSeconds } from '../plan/estimate.js';
import { type CellOptions, cellOptions, gatewaysDirOption, jsonOption } from './options/cell-options.js';
import { writeJson, writeResult } from './output.js';
import { measurableCells, planText } from './progress/format-plan.js';

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
    .action(async (options: CellOptions & { json?: boolean }) => {
      const plan = await planRun(options, rootsOf(options.gatewaysDir));
      if (!options.json) return writeResult(planText(plan));
      const { scenario, engine, placement, seed, gateways, cells } = plan;
      writeJson({
        scenario,
        engine: { name: engine.name, version: engine.version },
        placement,
        seed,
        gateways,
        cells,
        estimatedS: runSeconds(scenario, measurableCells(plan)),
      });
    });
  for (const option of cellOptions()) command.addOption(option);
}
