import type { RunSpeed } from '../analysis/machine-speed.js';
import type { ShapedCurve } from '../analysis/shaped-curves.js';
import type { GatewaySummary } from '../analysis/summary.js';
import type { Sample } from '../model/resources.js';
import type { Run } from '../model/run.js';
import type { Chart } from './chart.js';
import { comparisonBars } from './comparison-bars.js';
import { machineSpeedChart } from './machine-speed-chart.js';
import { chartsOverTime } from './over-time-charts.js';
import { latencyChart, throughputChart } from './vus-charts.js';

/** Every chart of a report for which there is anything to draw. @param speed null for several runs, which have no one course of it */
export function reportCharts(
  run: Run,
  summaries: readonly GatewaySummary[],
  samplesByCell: ReadonlyMap<string, readonly Sample[]>,
  speed: RunSpeed | null,
  shaped: readonly ShapedCurve[],
): Chart[] {
  return [
    speed === null ? null : machineSpeedChart(run.machine, speed),
    throughputChart(run, summaries, shaped),
    latencyChart('p50', run.machine, summaries),
    latencyChart('p99', run.machine, summaries),
    comparisonBars('cpu', run.machine, summaries),
    comparisonBars('memory', run.machine, summaries),
    ...summaries.flatMap((summary) => chartsOverTime(summary, run.machine, samplesByCell)),
  ].filter((chart) => chart !== null);
}
