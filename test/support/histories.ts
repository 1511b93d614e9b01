import { deriveRun } from '../../src/analysis/derive-run.js';
import { runClasses } from '../../src/analysis/run-comparison/run-classes.js';
import { summarise } from '../../src/analysis/summary.js';
import type { HistoryRun } from '../../src/analysis/trend.js';
import type { CellRecord } from '../../src/model/record.js';
import type { Run } from '../../src/model/run.js';
import { repeatsOf } from './compared-runs.js';
import { type CellFacts, runOf } from './record-builder.js';

/** The run of a day in May 2026. */
export function dayFacts(day: number): Pick<Run, 'id' | 'createdAt'> {
  const date = `2026-05-${String(day).padStart(2, '0')}`;
  return { id: `${date}T10-00-00Z-published`, createdAt: `${date}T10:00:00.000Z` };
}

/** A run as `history` reads it. */
export function historyRunOf(
  records: readonly CellRecord[],
  facts: Partial<Run> = {},
  floorShare?: number,
): HistoryRun {
  const run = runOf(records, facts);
  return { run, records, summaries: summarise(run, deriveRun(records)), floorOf: () => floorShare ?? null };
}

/** A gateway's records, one run a day: three repeats around each rate. */
export function recordsOfDays(
  label: string,
  rates: readonly number[],
  more: (day: number) => Partial<CellFacts> = () => ({}),
): CellRecord[][] {
  return rates.map((rate, at) => repeatsOf(label, [rate, rate * 1.002, rate * 0.998], () => more(at + 1)));
}

/** Their history. */
export function historyOf(
  label: string,
  rates: readonly number[],
  more?: (day: number) => Partial<CellFacts>,
  floorShare?: number,
) {
  return runClasses(
    recordsOfDays(label, rates, more).map((records, at) => historyRunOf(records, dayFacts(at + 1), floorShare)),
  );
}

/** Ten runs at about 1,000 and ten at about 1,100, which is another version. */
export const STEP_RATES = [
  1000, 1008, 995, 1003, 991, 1010, 998, 1004, 993, 1001, 1102, 1095, 1108, 1099, 1111, 1093, 1104, 1097, 1106, 1100,
];
export const versionOfStep = (day: number) => ({ version: day <= 10 ? '1.0.0' : '1.1.0' });
