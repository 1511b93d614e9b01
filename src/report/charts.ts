import type { RunSpeed } from '../analysis/machine-speed.js';
import type { ShapedCurve } from '../analysis/shaped-curves.js';
import { type GatewaySummary, vuLevels } from '../analysis/summary.js';
import type { Sample } from '../model/resources.js';
import type { Run } from '../model/run.js';
import type { Chart } from './chart.js';
import { drawnGateways } from './chart-style.js';
import { comparisonBars } from './comparison-bars.js';
import { machineSpeedChart } from './machine-speed-chart.js';
import { chartsOverTime } from './over-time-charts.js';
import { secondsCharts } from './seconds-charts.js';
import { latencyChart, throughputChart } from './vus-charts.js';

/** Every chart of a report for which there is anything to draw. @param speed null for several runs, which have no one course of it */
export function reportCharts(
  run: Run,
  summaries: readonly GatewaySummary[],
  samplesByCell: ReadonlyMap<string, readonly Sample[]>,
  speed: RunSpeed | null,
  shaped: readonly ShapedCurve[],
): Chart[] {
  const gateways = drawnGateways(summaries);
  const overSeconds = secondsCharts(run, gateways);
  // A point for each gateway would be a mean over what changed within the window.
  const byLevel =
    overSeconds.length > 0 && vuLevels(summaries).length < 2
      ? []
      : [
          throughputChart(run, gateways, shaped),
          latencyChart('p50', run.machine, gateways),
          latencyChart('p99', run.machine, gateways),
        ];
  return [
    speed === null ? null : machineSpeedChart(run.machine, speed),
    ...overSeconds,
    ...byLevel,
    comparisonBars('cpu', run.machine, gateways),
    comparisonBars('memory', run.machine, gateways),
    ...gateways.flatMap((gateway) => chartsOverTime(gateway, run.machine, samplesByCell)),
  ].filter((chart) => chart !== null);
}
