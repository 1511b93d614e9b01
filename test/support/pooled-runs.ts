import { deriveRun } from '../../src/analysis/derive-run.js';
import type { RunPart } from '../../src/analysis/pool/builds.js';
import { poolRuns } from '../../src/analysis/pool/pool-runs.js';
import type { CellRecord } from '../../src/model/record.js';
import type { Run } from '../../src/model/run.js';
import { type Report, renderReport } from '../../src/report/report.js';
import { runOf } from './record-builder.js';

/** A run as a part of several. */
export function partOf(records: readonly CellRecord[], facts: Partial<Run> = {}): RunPart & { records: CellRecord[] } {
  return { run: runOf(records, facts), records: [...records], cells: deriveRun(records) };
}

/** The report of several runs, as `report` renders it. */
export function pooledReportOf(parts: readonly RunPart[], notes: readonly string[] = []): Report {
  const pool = poolRuns(parts);
  return renderReport({
    run: pool.run,
    records: pool.cells,
    samplesByCell: new Map(),
    flames: [],
    claims: null,
    pool: { ...pool, notes },
  });
}
