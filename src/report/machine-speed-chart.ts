import type { ChartDataset, Point } from 'chart.js';
import type { RunSpeed } from '../analysis/machine-speed.js';
import { THRESHOLDS } from '../analysis/thresholds.js';
import type { Machine } from '../model/run.js';
import type { Chart } from './chart.js';
import { chartOptions } from './chart-options.js';
import { formatMachineClass } from './format-machine.js';

const TITLE = "The machine's own speed over the run";
const INK = '#1f77b4';

/** What the same work cost before and after each cell, beside the run's median; null with fewer than two moments. */
export function machineSpeedChart(machine: Machine, { moments }: RunSpeed): Chart | null {
  const startMs = Date.parse(moments[0]?.takenAt ?? '');
  if (moments.length < 2) return null;
  const data = moments.map(({ takenAt, cost }) => ({ x: (Date.parse(takenAt) - startMs) / 60_000, y: 100 * cost }));
  const lines = [lineOf(data), ...bounds(data.at(-1)?.x ?? 0)];
  const shared = chartOptions({
    title: TITLE,
    subtitle: [`${formatMachineClass(machine)}; measured before and after each cell, while no gateway ran`],
    x: 'minutes since the first calibration',
    y: { title: 'CPU time of the same work (% of median)', logarithmic: null, beginAtZero: false },
    legend: lines.map(({ label, borderColor, pointStyle }) => ({
      text: label,
      colour: borderColor,
      point: { pointStyle },
    })),
  });
  return {
    fileName: 'machine-speed.png',
    title: TITLE,
    place: 'run',
    configuration: {
      type: 'line',
      data: { datasets: lines },
      options: {
        ...shared,
        scales: {
          x: { type: 'linear' as const, ...shared.scales.x },
          // Without a least range, the noise of a steady machine would fill the chart.
          y: { ...shared.scales.y, suggestedMin: 90, suggestedMax: 110 },
        },
      },
    },
  };
}

/** A line with what its place in the legend is made of. */
type Line = ChartDataset<'line', Point[]> & { label: string; borderColor: string; pointStyle: 'circle' | 'line' };

function lineOf(data: Point[]): Line {
  return {
    label: 'eight kinds of work, weighted',
    data,
    borderColor: INK,
    backgroundColor: INK,
    borderWidth: 2,
    pointStyle: 'circle',
    pointRadius: 3,
  };
}

/** The bounds of the gate: inside of the inner ones a cell passes, outside of the outer ones it is invalid. */
function bounds(toMinute: number): Line[] {
  const { pass, warn } = THRESHOLDS.machineSpeed;
  return [
    { share: pass, label: `warning from ± ${100 * pass} %`, borderColor: '#999999', borderDash: [2, 4] },
    { share: warn, label: `invalid from ± ${100 * warn} %`, borderColor: '#d62728', borderDash: [9, 4] },
  ].map(({ share, label, borderColor, borderDash }) => ({
    label,
    data: [1 + share, 1 - share].flatMap((level) => [
      { x: 0, y: 100 * level },
      { x: toMinute, y: 100 * level },
      { x: toMinute, y: null },
    ]),
    borderColor,
    backgroundColor: borderColor,
    borderDash,
    borderWidth: 1.5,
    pointStyle: 'line' as const,
    pointRadius: 0,
    spanGaps: false,
  }));
}
