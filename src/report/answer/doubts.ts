import type { DerivedCell } from '../../analysis/derive-run.js';
import { samplesNeeded } from '../../analysis/percentile-samples.js';
import { differencesBetweenRuns } from '../../analysis/pool/between-runs.js';
import type { LevelSummary } from '../../analysis/summary.js';
import { THRESHOLDS } from '../../analysis/thresholds.js';
import { formatCount, formatList, formatSignificant } from '../../lib/format.js';
import { cellLevel, cellModel } from '../../model/load-level.js';
import type { GateResult } from '../../model/record.js';
import type { DerivedReport } from '../derived-report.js';
import { atLevels, capital } from './ranking.js';

/** What can't be trusted, and what the rest is worth: a sentence each, the gravest first. */
export function doubts(report: DerivedReport): string[] {
  const { run, summaries, damaged } = report;
  const levels = summaries.flatMap((summary) => summary.levels.map((level) => ({ summary, level })));
  const records = levels.flatMap(({ level }) => level.records);
  const missing = levels.reduce((sum, { level }) => sum + Math.max(0, level.planned - level.records.length), 0);
  return [
    ...invalidCells(records, levels.filter(({ level }) => level.shown?.outcome.kind === 'invalid').length),
    ...(damaged.length === 0
      ? []
      : [`${count(damaged.length, 'record')} can’t be read: ${formatList(damaged.map(({ cellId }) => cellId))}.`]),
    ...(missing === 0 ? [] : [`${count(missing, 'cell')} of the plan ${missing === 1 ? 'was' : 'were'} not measured.`]),
    ...run.changes.map(
      ({ at, changed }) =>
        `Changed in mid-run, at ${at}: ${changed.join('; ')}. Cells before and after it don’t compare.`,
    ),
    ...fewRepeats(levels.map(({ level }) => level)),
    ...unlikeRuns(report),
    ...warnings(records),
    ...noiseFloor(report),
    ...fewSamples(records),
    ...sharedCpus(report),
    ...(run.harness.dirty === true ? ['gatebench itself had uncommitted changes.'] : []),
  ];
}

/** @param hollow levels of a gateway of which nothing else is known */
function invalidCells(records: readonly DerivedCell[], hollow: number): string[] {
  const invalid = records.filter(({ outcome }) => outcome.kind === 'invalid');
  if (invalid.length === 0) return [];
  const share = `${invalid.length} of ${count(records.length, 'cell')} ${invalid.length === 1 ? 'is' : 'are'} invalid`;
  const gates = [...byGate(invalid, 'invalid')].map(([gate, own]) => `${capital(gate)}: ${formatPlaces(own)}.`);
  const shown =
    hollow === 0
      ? 'and counted in no figure, since other repeats can be trusted'
      : `${hollow === invalid.length ? '' : `${hollow} of them without a repeat that can be trusted, `}drawn hollow, and in brackets in the tables`;
  return [`${share}, ${shown}. ${gates.join(' ')}`];
}

/** Of several runs: where an interval over the repeats of all of them says too much. */
function unlikeRuns({ pool, summaries }: DerivedReport): string[] {
  const figures = pool === null ? 0 : differencesBetweenRuns(summaries).length;
  if (figures === 0) return [];
  return [
    `The runs differ by more than their repeats in ${count(figures, 'figure')} (see Runs), whose intervals over all repeats are too narrow.`,
  ];
}

/** Warnings are many: where they are stands in the matrix of gates. */
function warnings(records: readonly DerivedCell[]): string[] {
  const gates = [...byGate(records, 'warn')]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([gate, own]) => `${gate} in ${count(own.length, 'cell')}`);
  return gates.length === 0 ? [] : [`Warnings, which leave the judgement to you: ${formatList(gates)}.`];
}

/** The cells in which a gate has a verdict. */
function byGate(records: readonly DerivedCell[], verdict: GateResult['verdict']): Map<string, DerivedCell[]> {
  const found = new Map<string, DerivedCell[]>();
  for (const record of records) {
    for (const { gate, verdict: own } of record.gates) {
      if (own === verdict) found.set(gate, [...(found.get(gate) ?? []), record]);
    }
  }
  return found;
}

/** `ferro at 50 and 150 VUs and nginx at 300 VUs`. */
function formatPlaces(records: readonly DerivedCell[]): string {
  const titles = [...new Set(records.map(({ gateway }) => gateway.title))];
  return formatList(
    titles.map((title) => {
      const vus = records.filter(({ gateway }) => gateway.title === title).map(({ cell }) => cellLevel(cell));
      return `${title} ${atLevels(
        [...new Set(vus)].sort((a, b) => a - b),
        cellModel(records[0]?.cell ?? {}),
      )}`;
    }),
  );
}

function fewRepeats(levels: readonly LevelSummary[]): string[] {
  const { minRepeats } = THRESHOLDS.intervals;
  const measured = levels.filter(({ shown }) => shown?.outcome.kind === 'ok');
  const few = measured.filter(({ comparable }) => comparable.length < minRepeats);
  if (few.length === 0) return [];
  const why = `: that takes ${minRepeats} trusted repeats.`;
  if (few.length === measured.length) return [`No figure has an interval${why}`];
  return [`${few.length} of ${measured.length} figures ${few.length === 1 ? 'has' : 'have'} no interval${why}`];
}

function noiseFloor({ run, comparisons }: DerivedReport): string[] {
  if (comparisons.length === 0 || run.aa !== null) return [];
  const floors = comparisons.flatMap(({ floorShare }) => floorShare ?? []);
  if (floors.length === 0) {
    return [
      'This machine’s noise floor was not measured (gatebench bench --aa), so a small difference may be what two measurements of one gateway differ by.',
    ];
  }
  const [least, most] = [Math.min(...floors), Math.max(...floors)].map((share) => formatSignificant(100 * share, 2));
  return [
    `Two measurements of one gateway differed by ${least === most ? `${most} %` : `${least} to ${most} %`} on this machine; no difference within that is called one.`,
  ];
}

function fewSamples(records: readonly DerivedCell[]): string[] {
  const needed = samplesNeeded(0.99);
  const measured = records.filter(({ latencyUs, outcome }) => outcome.kind === 'ok' && latencyUs !== null);
  const few = measured.filter(({ latencyUs }) => (latencyUs?.count ?? 0) < needed);
  return few.length === 0
    ? []
    : [
        `p99 rests on fewer than ${formatCount(needed)} requests in ${few.length} of ${count(measured.length, 'cell')}, marked ~ in the tables.`,
      ];
}

function sharedCpus({ run: { placement, machine } }: DerivedReport): string[] {
  return placement.kind === 'pinned'
    ? []
    : [
        `Load, mock upstream and gateway shared ${count(machine.cores, 'CPU')}, so fast gateways show less than they can do.`,
      ];
}

function count(value: number, word: string): string {
  return `${formatCount(value)} ${word}${value === 1 ? '' : 's'}`;
}
