import { resolve } from 'node:path';
import type { Command } from 'commander';
import { rootsOf } from '../lib/roots.js';
import { jsonOption } from './options/cell-options.js';
import { colours, writeJsonText, writeResult, writeStatus } from './output.js';

export function registerReport(program: Command): void {
  program
    .command('report')
    .description('render the tables and charts of a run again, from its files alone')
    .argument('<run>', 'folder of a run, such as results/<run-id>')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  gatebench report results/2026-05-04T10-00-00Z-published\n  gatebench report results/2026-05-04T10-00-00Z-published --json | jq .cells[0].latencyUs',
    )
    .action(report);
}

async function report(run: string, options: { json?: boolean }): Promise<void> {
  const [{ writeReport }, { RunFolder }] = await Promise.all([
    import('../app/report/write-report.js'),
    import('../store/run-folder.js'),
  ]);
  const folder = await RunFolder.open(resolve(run));
  const rendered = await writeReport(folder, rootsOf(), writeStatus);
  if (options.json) writeJsonText(rendered.json);
  else writeResult(rendered.terminal({ colour: colours.isColorSupported }));
  writeStatus(`\nreport: ${folder.path}/report/report.md`);
}
