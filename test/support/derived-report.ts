import { capacitiesOf } from '../../src/analysis/capacity/result.js';
import { compareGateways } from '../../src/analysis/comparisons.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { runSpeed } from '../../src/analysis/machine-speed.js';
import { shapedCurves } from '../../src/analysis/shaped-curves.js';
import { gatewayStreams } from '../../src/analysis/streams.js';
import { summarise } from '../../src/analysis/summary.js';
import type { CellRecord } from '../../src/model/record.js';
import type { DerivedReport } from '../../src/report/derived-report.js';
import { spreads } from '../../src/report/interval-sections.js';
import { runOf } from './record-builder.js';

/** What a report is derived from records. */
export function derivedOf(records: readonly CellRecord[], run = runOf(records)): DerivedReport {
  const cells = deriveRun(records);
  const summaries = summarise(run, cells);
  return {
    run,
    cells,
    speed: runSpeed(records),
    summaries,
    comparisons: compareGateways(run, summaries),
    shaped: shapedCurves(run, summaries),
    spreadOf: spreads(),
    flames: [],
    claims: null,
    damaged: [],
    pool: null,
    streams: gatewayStreams(run, summaries),
    costs: [],
    capacities: capacitiesOf(run, cells),
    soaks: [],
    prices: { schemaVersion: 1, currency: 'USD', machines: [] },
  };
}
