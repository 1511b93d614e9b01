import type { ChartDataset } from 'chart.js';
import { type GatewaySummary, vuLevels } from '../analysis/summary.js';
import type { TreeResources } from '../model/resources.js';
import type { Machine } from '../model/run.js';
import type { Chart } from './chart.js';
import { chartOptions, gatewayColour, mix, wrapped } from './chart-style.js';
import { formatMachineClass } from './format-machine.js';
import { formatLeftOut } from './left-out.js';

interface Measure {
  fileName: string;
  title: string;
  y: string;
  readingOf(tree: TreeResources): number | null;
}

const CPU: Measure = {
  fileName: 'cpu-by-vus.png',
  title: 'CPU compared: mean of the whole process tree',
  y: 'CPU (%, 100 % is one core)',
  readingOf: ({ cpuPercentMean }) => cpuPercentMean,
};
/** PSS counts a page that processes share once, so it is fair to gateways with workers. */
const PSS: Measure = {
  fileName: 'memory-by-vus.png',
  title: 'Memory compared: largest PSS of the whole process tree',
  y: 'PSS (MiB)',
  readingOf: ({ pssBytesMax }) => (pssBytesMax === null ? null : pssBytesMax / 2 ** 20),
};
const RSS: Measure = {
  fileName: 'memory-by-vus.png',
  title: 'Memory compared: largest RSS of the whole process tree',
  y: 'RSS (MiB)',
  readingOf: ({ rssBytesMax }) => (rssBytesMax === null ? null : rssBytesMax / 2 ** 20),
};

/** Bars by VUs, one a gateway; a cell that isn't ok has no bar. Null where nothing was read. */
export function comparisonBars(
  what: 'cpu' | 'memory',
  machine: Machine,
  summaries: readonly GatewaySummary[],
): Chart | null {
  const gateways = summaries.filter(({ info }) => info?.kind !== 'direct');
  const measure = what === 'cpu' ? CPU : everyTree(gateways, PSS) ? PSS : RSS;
  const levels = vuLevels(gateways);
  const datasets = gateways
    .map((summary): ChartDataset<'bar'> & { borderColor: string } => {
      const colour = gatewayColour(summary);
      return {
        label: summary.title,
        data: levels.map((vus) => {
          const shown = summary.levels.find((level) => level.vus === vus)?.shown;
          const tree = shown?.outcome.kind === 'ok' ? shown.resources.gateway : null;
          return tree === null || tree === undefined ? null : measure.readingOf(tree);
        }),
        borderColor: colour,
        borderWidth: 2,
        maxBarThickness: 70,
        pointStyle: 'rect',
      };
    })
    .filter(({ data }) => data.some((value) => value !== null))
    .map((dataset, index) => ({
      ...dataset,
      // Every other gateway is light inside: told apart in black and white by fill and order.
      backgroundColor: index % 2 === 0 ? dataset.borderColor : mix(dataset.borderColor, '#ffffff', 0.65),
    }));
  if (datasets.length === 0) return null;
  const leftOut = formatLeftOut(gateways);
  return {
    fileName: measure.fileName,
    title: measure.title,
    place: 'resources',
    configuration: {
      type: 'bar',
      data: { labels: levels.map(String), datasets },
      options: chartOptions({
        title: measure.title,
        subtitle: [formatMachineClass(machine), ...(leftOut === '' ? [] : wrapped(leftOut))],
        x: 'VUs',
        y: { title: measure.y, logarithmic: null },
      }),
    },
  };
}

/** Whether each tree that will be drawn has this reading: one chart never mixes two measures. */
function everyTree(summaries: readonly GatewaySummary[], { readingOf }: Measure): boolean {
  const drawn = summaries.flatMap(({ levels }) => levels.filter(({ shown }) => shown?.outcome.kind === 'ok'));
  return drawn.every(({ shown }) => shown?.resources.gateway != null && readingOf(shown.resources.gateway) !== null);
}
