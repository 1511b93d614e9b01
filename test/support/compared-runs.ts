import type { MeasuredRun } from '../../src/analysis/claim-verdicts.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { summarise } from '../../src/analysis/summary.js';
import type { CellRecord } from '../../src/model/record.js';
import type { Run } from '../../src/model/run.js';
import { type CellFacts, recordOf, runOf } from './record-builder.js';

/** A gateway's repeats at 50 VUs with these rates; what follows from them is as plausible as a record's. */
export function repeatsOf(
  label: string,
  rates: readonly number[],
  more: (repeat: number) => Partial<CellFacts> = () => ({}),
): CellRecord[] {
  const [gateway = '', variant = 'default'] = label.split(':');
  return rates.map((ratePerSec, index) =>
    recordOf({ gateway, variant, vus: 50, repeat: index + 1, ratePerSec, ...more(index + 1) }),
  );
}

/** A run as `compare` reads it. */
export function measuredRunOf(records: readonly CellRecord[], facts: Partial<Run> = {}): MeasuredRun {
  const run = runOf(records, facts);
  return { run, summaries: summarise(run, deriveRun(records)) };
}
