import type { GatewaySummary } from '../analysis/summary.js';
import type { Sample } from '../model/resources.js';
import type { Run } from '../model/run.js';
import type { Chart } from './chart.js';
import { comparisonBars } from './comparison-bars.js';
import { chartsOverTime } from './over-time-charts.js';
import { latencyChart, throughputChart } from './vus-charts.js';

/** Every chart of a report for which there is anything to draw. */
export function reportCharts(
  run: Run,
  summaries: readonly GatewaySummary[],
  samplesByCell: ReadonlyMap<string, readonly Sample[]>,
): Chart[] {
  return [
    throughputChart(run, summaries),
    latencyChart('p50', summaries),
    latencyChart('p99', summaries),
    comparisonBars('cpu', summaries),
    comparisonBars('memory', summaries),
    ...summaries.flatMap((summary) => chartsOverTime(summary, samplesByCell)),
  ].filter((chart) => chart !== null);
}
