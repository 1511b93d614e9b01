import type { Command } from 'commander';
import { formatDecimal, formatMilliseconds } from '../lib/format.js';
import type { MergedLogs } from '../load/k6/merged-logs.js';
import type { StageOfLoad } from '../model/load.js';
import { jsonOption } from './options/cell-options.js';
import { writeJson, writeResult } from './output.js';

/** Pods whose windows are further apart did not measure one load. */
const MAX_SPREAD_MS = 50;

export function registerK6Merge(program: Command): void {
  program
    .command('k6-merge')
    .description('merge the logs of the pods that `k6-operator` described into one result')
    .argument('<logs...>', 'the log of each pod')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  gatebench k6-merge pod-1.log pod-2.log
  gatebench k6-merge --json pod-*.log

Exit codes: 0 merged, 1 a file is not a whole log of the same load, 2 wrong usage`,
    )
    .action(async (files: string[], { json }: { json?: boolean }) => {
      const [{ mergeLogFiles }, { failedCount }] = await Promise.all([
        import('../app/k6/merge-logs.js'),
        import('../model/load.js'),
      ]);
      const merged = await mergeLogFiles(files);
      if (json) writeJson(merged);
      else writeResult(formatMerged(merged, failedCount(merged.result.requests)));
    });
}

function formatMerged({ result, spreadMs }: MergedLogs, failed: number): string {
  const { requests, latencyUs, windowS, hosts = [], stages = [] } = result;
  const vus = hosts.reduce((sum, host) => sum + host.vus, 0);
  const tooFar = spreadMs > MAX_SPREAD_MS ? ': too far apart for one load' : '';
  return [
    `${requests.ok} ok, ${failed} failed, ${requests.inFlightAtEnd} in flight at the end, of ${requests.sent} sent in ${windowS} s`,
    `${formatDecimal(requests.ok / windowS, 1)} requests/s`,
    ...(latencyUs === null
      ? []
      : [
          `p50 ${formatMilliseconds(latencyUs.p50)}, p95 ${formatMilliseconds(latencyUs.p95)}, p99 ${formatMilliseconds(latencyUs.p99)}, max ${formatMilliseconds(latencyUs.max)}`,
        ]),
    ...stages.map(formatStage),
    `${vus} VUs: ${hosts.map((host) => `${host.vus} on ${host.host} (${host.ok} ok)`).join(', ')}`,
    ...result.failureExamples,
    `the windows ended within ${Math.round(spreadMs)} ms of one another, by the pods' own clocks${tooFar}`,
  ].join('\n');
}

function formatStage({ atS, durationS, from, to, ok, failed, latencyUs }: StageOfLoad): string {
  const level = from === to ? `${to}` : `${from} to ${to}`;
  const latency =
    latencyUs === null ? '' : `, p50 ${formatMilliseconds(latencyUs.p50)}, p99 ${formatMilliseconds(latencyUs.p99)}`;
  return `from ${atS} s, at ${level}: ${formatDecimal(ok / durationS, 1)} requests/s, ${failed} failed${latency}`;
}
