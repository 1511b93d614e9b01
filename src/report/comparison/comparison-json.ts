import type { CellComparison } from '../../analysis/run-comparison/compare-runs.js';
import type { Run } from '../../model/run.js';
import { type ComparisonReport, cellTitle, comparisonHeadline } from './comparison-sections.js';
import { formatChange, formatVerdict } from './format-change.js';

/** The comparison as data, unrounded, with its sentences. */
export function comparisonJson({ comparison, base, head, notes }: ComparisonReport) {
  const { cells, method, ...rest } = comparison;
  return {
    schemaVersion: 1,
    ...rest,
    method,
    headline: comparisonHeadline(comparison),
    base: base.map(runFacts),
    head: head.map(runFacts),
    notes,
    cells: cells.map((cell) => ({ title: cellTitle(cell), ...cell, metrics: metricFigures(cell, method) })),
  };
}

function runFacts({ id, createdAt, machine: { hostname, cpuModel, cores } }: Run) {
  return { id, createdAt, machine: { hostname, cpuModel, cores } };
}

function metricFigures({ metrics }: CellComparison, method: ComparisonReport['comparison']['method']) {
  return metrics.map((metric) => ({ ...metric, text: `${formatChange(metric)}: ${formatVerdict(metric, method)}` }));
}
