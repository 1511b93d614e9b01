import type { DerivedCell } from '../analysis/derive-run.js';
import { remarksOn } from '../analysis/format-outcome.js';
import type { GatewaySummary } from '../analysis/summary.js';
import { formatLevel, formatRate, tabulateMebibytes, tabulateMilliseconds } from '../lib/format.js';
import { printable } from '../lib/printable.js';
import type { Cell } from '../model/cell.js';
import { cellLevel, cellModel } from '../model/load-level.js';
import type { DamagedRecord, Outcome } from '../model/record.js';
import type { Run } from '../model/run.js';
import { junitXml, type TestCase, type TestResult } from './junit-xml.js';
import { nameAndVersion } from './throughput-table.js';

interface CellsInput {
  run: Run;
  cells: readonly DerivedCell[];
  summaries: readonly GatewaySummary[];
  damaged: readonly DamagedRecord[];
}

/**
 * A run as JUnit's XML: a suite for each gateway, a test for each cell of the plan. A gateway that crashed, or that never got
 * to its load, is a failure: that is what the test found. An invalid cell is an error: something kept it from finding anything.
 */
export function cellsJunit({ run, cells, summaries, damaged }: CellsInput): string {
  const records = new Map(cells.map((record) => [record.cell.id, record]));
  const reasons = new Map(damaged.map(({ cellId, reason }) => [cellId, reason]));
  const suites = summaries.map((summary) => {
    const { planned, label } = summary;
    const own = run.cells.filter(({ gateway, variant }) => gateway === planned.gateway && variant === planned.variant);
    return {
      name: nameAndVersion(summary),
      cases: own.map((cell) => testCase(label, cell, records.get(cell.id), reasons.get(cell.id))),
    };
  });
  return junitXml(`gatebench ${run.scenario.name}: ${run.id}`, suites);
}

function testCase(label: string, cell: Cell, record: DerivedCell | undefined, damage: string | undefined): TestCase {
  const name = [
    formatLevel(cellLevel(cell), cellModel(cell)),
    `repeat ${cell.repeat}`,
    ...(cell.profiler === null ? [] : [`profiled by ${cell.profiler}`]),
  ].join(', ');
  const base = { classname: label, name };
  if (record === undefined) return { ...base, timeS: 0, result: withoutRecord(damage) };
  const timeS = Math.max(0, Date.parse(record.endedAt) - Date.parse(record.startedAt)) / 1000;
  return { ...base, timeS, result: resultOf(record), output: outputOf(record) };
}

function withoutRecord(damage: string | undefined): TestResult {
  return damage === undefined
    ? { kind: 'skipped', message: 'not measured yet' }
    : { kind: 'error', message: damage, type: 'damaged' };
}

function resultOf(record: DerivedCell): TestResult {
  const { outcome } = record;
  const message = remarksOn(record)[0] ?? outcome.kind;
  switch (outcome.kind) {
    case 'ok':
      return { kind: 'passed' };
    case 'skipped':
      return { kind: 'skipped', message };
    case 'invalid':
      return { kind: 'error', message, type: outcome.kind, text: outcome.reasons.map(printable).join('\n') };
    case 'crashed':
    case 'failed':
      return { kind: 'failure', message, type: outcome.kind, text: logOf(outcome) };
    default:
      return outcome satisfies never;
  }
}

function logOf({ logTail }: Extract<Outcome, { logTail: string[] }>): string {
  return logTail.length === 0 ? 'It printed nothing.' : `The end of its log:\n${logTail.map(printable).join('\n')}`;
}

/** `812 req/s, p50 61.3 ms, p99 64.2 ms, 206 MiB`, and what else there is to know. */
function outputOf(record: DerivedCell): string {
  const { ratePerSec, latencyUs, resources, outcome } = record;
  const rss = resources.gateway?.rssBytesMax ?? null;
  const figures = [
    ...(ratePerSec === null ? [] : [`${formatRate(ratePerSec)} req/s`]),
    ...(latencyUs === null
      ? []
      : [`p50 ${tabulateMilliseconds(latencyUs.p50)} ms`, `p99 ${tabulateMilliseconds(latencyUs.p99)} ms`]),
    ...(rss === null ? [] : [`${tabulateMebibytes(rss)} MiB`]),
  ].join(', ');
  // The first is the result's own message.
  const remarks = outcome.kind === 'ok' ? remarksOn(record) : remarksOn(record).slice(1);
  const warnings = record.gates
    .filter(({ verdict }) => verdict === 'warn')
    .map(({ gate, message }) => `warning: ${gate}: ${message}`);
  return [figures, ...remarks, ...warnings].filter((line) => line !== '').join('\n');
}
