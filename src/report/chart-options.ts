import type { ChartOptions, LegendItem } from 'chart.js';
import { wrapped } from '../lib/wrapped.js';
import type { GatewayLook, LineShape } from './chart-style.js';

/** It comes with the harness. */
const FONT = 'DejaVu Sans';
const INK = '#222222';
const GRID = '#dddddd';

/** Characters in a line of the title and below it, at the width of a chart. */
const TITLE_LENGTH = 75;
const SUBTITLE_LENGTH = 140;
/** Characters of a gateway's title in the legend. */
const LEGEND_LENGTH = 60;

/** More ticks than this on a logarithmic axis would touch one another. */
const MAX_TICKS = 16;

/** A line or a kind of bar, as the legend shows it. */
export interface LegendEntry {
  text: string;
  colour: string;
  /** What is inside of the symbol; its colour unless given. */
  fill?: string;
  point: Pick<LegendItem, 'pointStyle' | 'rotation'>;
}

interface Axis {
  title: string;
  /** Of a logarithmic axis, what it has to hold; null for a linear one. */
  logarithmic: readonly number[] | null;
  /** A linear axis begins at 0 unless this says no: then it shows differences, not sizes. */
  beginAtZero?: boolean;
}

interface Texts {
  title: string;
  subtitle: string[];
  x: string;
  y: Axis;
  /** In the order in which it is read. */
  legend: readonly LegendEntry[];
}

/** Options that every chart shares: plain data, but for the legend and the ticks of a logarithmic axis. */
export function chartOptions(texts: Texts) {
  const font = (size: number, weight: 'normal' | 'bold' = 'normal') => ({ family: FONT, size, weight });
  const axis = (title: string) => ({
    title: { display: true, text: title, color: INK, font: font(16), padding: 8 },
    ticks: { color: INK, font: font(14) },
    grid: { color: GRID },
    border: { color: INK },
  });
  return {
    responsive: false,
    maintainAspectRatio: false,
    animation: false,
    locale: 'en-US',
    color: INK,
    layout: { padding: { left: 12, right: 28, top: 12, bottom: 12 } },
    plugins: {
      title: {
        display: true,
        text: wrapped(texts.title, TITLE_LENGTH),
        color: INK,
        font: font(22, 'bold'),
        padding: { top: 4, bottom: 8 },
      },
      subtitle: {
        display: texts.subtitle.length > 0,
        text: texts.subtitle.flatMap((line) => wrapped(line, SUBTITLE_LENGTH)),
        color: '#555555',
        font: font(13),
        padding: { bottom: 10 },
      },
      legend: {
        display: true,
        position: 'bottom',
        labels: {
          color: INK,
          font: font(14),
          usePointStyle: true,
          boxHeight: 9,
          padding: 18,
          // Chart.js' own follow the first point, which may be a hollow one, and the order of drawing.
          generateLabels: () => texts.legend.map(legendItem),
        },
      },
    },
    scales: {
      x: axis(texts.x),
      y:
        texts.y.logarithmic === null
          ? { type: 'linear', beginAtZero: texts.y.beginAtZero ?? true, grace: '5%', ...axis(linearTitle(texts.y)) }
          : { ...axis(`${texts.y.title}, logarithmic`), ...logarithmicScale(texts.y.logarithmic) },
    },
  } satisfies ChartOptions;
}

/** A gateway's line in the legend. */
export function legendLine(text: string, { colour, point }: Pick<GatewayLook, 'colour' | 'point'>): LegendEntry {
  return { text, colour, point: { pointStyle: point.style, rotation: point.rotation } };
}

/** What Chart.js needs to draw a line of a shape. */
export function lineStyle(colour: string, { point, dash }: LineShape) {
  return {
    borderColor: colour,
    backgroundColor: colour,
    borderDash: [...dash],
    pointStyle: point.style,
    pointRotation: point.rotation,
  };
}

function legendItem({ text, colour, fill = colour, point }: LegendEntry): LegendItem {
  return {
    text: text.length <= LEGEND_LENGTH ? text : `${text.slice(0, LEGEND_LENGTH - 1).trimEnd()}…`,
    fontColor: INK,
    fillStyle: fill,
    strokeStyle: colour,
    lineWidth: 2,
    ...point,
  };
}

function linearTitle({ title, beginAtZero }: Axis): string {
  return beginAtZero === false ? `${title}, axis not from 0` : title;
}

/** The values where they span more than a decade, else null: a linear axis would press the small ones flat. */
export function spanningDecades(values: readonly number[]): number[] | null {
  const positive = values.filter((value) => value > 0);
  return positive.length > 0 && Math.max(...positive) / Math.min(...positive) > 10 ? positive : null;
}

/** Chart.js labels 8, 9 and 10 on top of one another; ticks at 1, 2 and 5 of every decade are even and enough. */
function logarithmicScale(values: readonly number[]) {
  const ticks = oneTwoFive(Math.min(...values), Math.max(...values));
  const shown = ticks.length <= MAX_TICKS ? ticks : ticks.filter((tick) => tick.toExponential().startsWith('1e'));
  return {
    type: 'logarithmic' as const,
    min: ticks[0] ?? 1,
    max: ticks.at(-1) ?? 10,
    afterBuildTicks: (axis: { ticks: { value: number }[] }) => {
      axis.ticks = shown.map((value) => ({ value }));
    },
  };
}

/** 1, 2 and 5 of every decade, from the last at or below the least value to the first at or above the most. */
export function oneTwoFive(least: number, most: number): number[] {
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(least)); exponent <= Math.ceil(Math.log10(most)); exponent++) {
    // Through the text: 10 ** -3 * 5 is 0.005, and 0.1 * 3 isn't 0.3.
    for (const digit of [1, 2, 5]) ticks.push(Number(`${digit}e${exponent}`));
  }
  const first = ticks.findLastIndex((tick) => tick <= least);
  const last = ticks.findIndex((tick) => tick >= most);
  return ticks.slice(Math.max(0, first), last === -1 ? ticks.length : last + 1);
}
