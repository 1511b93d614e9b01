import type { ChartDataset } from 'chart.js';
import { type LevelSummary, vuLevels } from '../analysis/summary.js';
import { levelTitle } from '../model/load-level.js';
import type { TreeResources } from '../model/resources.js';
import type { Machine } from '../model/run.js';
import type { Chart } from './chart.js';
import { cellNotes, markColumns, wasStarted } from './chart-notes.js';
import { chartOptions } from './chart-options.js';
import { type DrawnGateway, mix } from './chart-style.js';
import { formatMachineClass } from './format-machine.js';
import { placeInCategories } from './level-axis.js';

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

const HOLLOW = '#ffffff00';
/** Every other gateway is light inside, and yet not hollow. */
const LIGHTNESS = 0.5;

/** Bars by VUs, one a gateway: hollow where a cell is invalid, none where it has no figure. Null where nothing was read. */
export function comparisonBars(what: 'cpu' | 'memory', machine: Machine, all: readonly DrawnGateway[]): Chart | null {
  const gateways = all.filter(({ summary }) => summary.info?.kind !== 'direct');
  const measure = what === 'cpu' ? CPU : everyTree(gateways, PSS) ? PSS : RSS;
  const levels = vuLevels(gateways.map(({ summary }) => summary));
  const started = gateways.filter(wasStarted).map((gateway, index) => ({
    ...gateway,
    bars: barsOf(gateway, levels, measure),
    // Told apart in black and white by fill and order.
    fill: index % 2 === 0 ? gateway.look.colour : mix(gateway.look.colour, '#ffffff', LIGHTNESS),
  }));
  const drawn = started.filter(({ bars }) => bars.some(({ value }) => value !== null));
  if (drawn.length === 0) return null;
  const notes = cellNotes(gateways);
  return {
    fileName: measure.fileName,
    title: measure.title,
    place: 'resources',
    notes: notes.notes,
    marks: markColumns(gateways, notes, levels, placeInCategories(levels), { style: 'rect', rotation: 0 }),
    configuration: {
      type: 'bar',
      data: {
        labels: levels.map(String),
        datasets: drawn.map(
          ({ summary, look, bars, fill }): ChartDataset<'bar'> => ({
            label: summary.title,
            data: bars.map(({ value }) => value),
            borderColor: look.colour,
            borderWidth: 2,
            maxBarThickness: 70,
            backgroundColor: bars.map(({ isInvalid }) => (isInvalid ? HOLLOW : fill)),
          }),
        ),
      },
      options: chartOptions({
        title: measure.title,
        subtitle: [formatMachineClass(machine)],
        x: levelTitle(gateways[0]?.summary.levels[0]?.model ?? 'closed'),
        y: { title: measure.y, logarithmic: null },
        legend: started.map(({ summary, look, fill }) => ({
          text: summary.title,
          colour: look.colour,
          fill,
          point: { pointStyle: 'rect' as const },
        })),
      }),
    },
  };
}

function barsOf({ summary }: DrawnGateway, levels: readonly number[], { readingOf }: Measure) {
  return levels.map((vus) => {
    const level = summary.levels.find((candidate) => candidate.vus === vus);
    const tree = level === undefined ? null : drawnTree(level);
    return {
      value: tree === null ? null : readingOf(tree),
      isInvalid: level?.shown?.outcome.kind === 'invalid',
    };
  });
}

/** Of a cell that ran to its end; null for any other. */
function drawnTree({ shown }: LevelSummary): TreeResources | null {
  const isWhole = shown?.outcome.kind === 'ok' || shown?.outcome.kind === 'invalid';
  return shown !== null && isWhole ? shown.resources.gateway : null;
}

/** Whether each tree that will be drawn has this reading: one chart never mixes two measures. */
function everyTree(gateways: readonly DrawnGateway[], { readingOf }: Measure): boolean {
  const trees = gateways.flatMap(({ summary }) => summary.levels.flatMap((level) => drawnTree(level) ?? []));
  const missing = gateways.some(({ summary }) =>
    summary.levels.some(({ shown }) => shown?.outcome.kind === 'ok' && shown.resources.gateway === null),
  );
  return !missing && trees.every((tree) => readingOf(tree) !== null);
}
