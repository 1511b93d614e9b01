import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { messageOf, UsageError } from '../lib/errors.js';
import { type MergedLogs, mergedLogs } from '../load/k6/merged-logs.js';
import { failedCount } from '../model/load.js';
import { jsonOption } from './options/cell-options.js';
import { writeJson, writeResult } from './output.js';

/** Pods whose windows are further apart than this did not measure one load. */
const NOTEWORTHY_SPREAD_MS = 50;

export function registerK6Merge(program: Command): void {
  program
    .command('k6-merge')
    .description('one result of the logs that the k6 of `k6-operator` left')
    .argument('<logs...>', 'the log of each pod')
    .addOption(jsonOption())
    .action(async (files: string[], { json }: { json?: boolean }) => {
      const logs = new Map<string, string>();
      for (const file of files) logs.set(logs.has(basename(file)) ? file : basename(file), await readText(file));
      const merged = mergedLogs(logs);
      if (json) writeJson(merged);
      else writeResult(mergedText(merged));
    });
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error) => {
    throw new UsageError(`${file} can't be read: ${messageOf(error)}`, 'check its name');
  });
}

function mergedText({ result, spreadMs }: MergedLogs): string {
  const { requests, latencyUs, windowS, hosts = [] } = result;
  const ms = (us: number) => (us / 1000).toFixed(2);
  const total = hosts.reduce((sum, { vus }) => sum + vus, 0);
  return [
    `${requests.ok} ok, ${failedCount(requests)} failed, ${requests.inFlightAtEnd} in flight at the end, of ${requests.sent} sent in ${windowS} s`,
    `${(requests.ok / windowS).toFixed(1)} requests/s`,
    ...(latencyUs
      ? [
          `p50 ${ms(latencyUs.p50)} ms, p95 ${ms(latencyUs.p95)} ms, p99 ${ms(latencyUs.p99)} ms, max ${ms(latencyUs.max)} ms`,
        ]
      : []),
    `${total} VUs: ${hosts.map(({ host, vus, ok }) => `${vus} on ${host} (${ok} ok)`).join(', ')}`,
    ...result.failureExamples,
    `the windows were within ${Math.round(spreadMs)} ms of each other, by the pods' own clocks${spreadMs > NOTEWORTHY_SPREAD_MS ? ': too far apart for one load' : ''}`,
  ].join('\n');
}
