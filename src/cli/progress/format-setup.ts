import Table from 'cli-table3';
import type { SetupRow } from '../../app/setup/install-all.js';
import { colours } from '../output.js';

/** Every gateway with its version, method and seconds, or the reasons why it isn't installed and a hint. */
export function setupTable(rows: readonly SetupRow[]): string {
  if (rows.length === 0) return 'nothing has to be installed';
  const table = new Table({
    head: ['name', 'version', 'reported by', 'method', 'seconds'],
    style: { head: [], border: [] },
  });
  for (const { label, version, result, fallbackFor } of rows) {
    if (result.outcome === 'failed') {
      table.push([label, { content: `${version}: not installed, see below`, colSpan: 4 }]);
      continue;
    }
    const { reportedVersion, reportedBy, method, seconds } = result.receipt;
    const name = label + (fallbackFor === null ? '' : `\nfallback for ${fallbackFor}`);
    const when = result.outcome === 'already' ? 'installed before' : seconds.toFixed(1);
    table.push([name, reportedVersion, reportedBy, method, when]);
  }
  return [table.toString(), ...rows.flatMap(failureText)].join('\n');
}

function failureText({ label, version, result }: SetupRow): string[] {
  if (result.outcome !== 'failed') return [];
  return [
    `\n${colours.yellow(label)} ${version} is not installed:`,
    ...result.failures.map(({ method, reason }) => `  ${method}: ${reason.replaceAll('\n', '\n    ')}`),
    ...result.hint.split('\n').map((line) => `  → ${line}`),
  ];
}
