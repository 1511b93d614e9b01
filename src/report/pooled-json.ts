import { differencesBetweenRuns } from '../analysis/pool/between-runs.js';
import type { GatewaySummary } from '../analysis/summary.js';
import type { PooledReport } from '../model/pooled-report.js';
import type { PooledRuns } from './pooled-sections.js';

/** What a report of several runs is made of, as data. */
export function pooledReport(pool: PooledRuns, summaries: readonly GatewaySummary[]): PooledReport {
  return {
    schemaVersion: 1,
    id: pool.run.id,
    runs: pool.parts.map(({ run, outcomes: _, ...part }) => ({
      id: run.id,
      createdAt: run.createdAt,
      endedAt: run.endedAt,
      seed: run.seed,
      harness: { version: run.harness.version, commit: run.harness.commit, dirty: run.harness.dirty },
      ...part,
    })),
    split: pool.split,
    differences: differencesBetweenRuns(summaries),
    notes: [...pool.notes],
  };
}
