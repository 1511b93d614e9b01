import type { ChartOptions } from 'chart.js';
import type { GatewaySummary } from '../analysis/summary.js';
import { DEFAULT_VARIANT } from '../model/resolved-gateway.js';

const FONT = 'DejaVu Sans';
const INK = '#222222';
const GRID = '#dddddd';

/** A line that can be told apart in black and white too. */
export interface LineStyle {
  borderColor: string;
  backgroundColor: string;
  borderDash: number[];
  pointStyle: 'circle' | 'rect' | 'triangle' | 'rectRot' | 'crossRot' | 'star' | 'cross' | 'rectRounded';
}

const POINTS = ['circle', 'rect', 'triangle', 'rectRot', 'crossRot', 'star', 'cross', 'rectRounded'] as const;
const DASHES = [[], [9, 4], [2, 3], [12, 4, 2, 4], [5, 5], [16, 5], [9, 3, 2, 3, 2, 3]];

/** The gateway's own colour, the same in every chart; its variants are shades of it. */
export function gatewayColour({ info, planned }: GatewaySummary): string {
  const colour = info?.colour ?? '#777777';
  return planned.variant === DEFAULT_VARIANT ? colour : mix(colour, '#000000', 0.35);
}

export function lineStyle(colour: string, index: number): LineStyle {
  return {
    borderColor: colour,
    backgroundColor: colour,
    borderDash: [...(DASHES[index % DASHES.length] ?? [])],
    pointStyle: POINTS[index % POINTS.length] ?? 'circle',
  };
}

/** A colour between two, `#rrggbb`. @param share of the second, 0 to 1 */
export function mix(from: string, to: string, share: number): string {
  const channel = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(channel(from, at) * (1 - share) + channel(to, at) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

interface Axis {
  title: string;
  /** Of a logarithmic axis, what it has to hold; null for a linear one. */
  logarithmic: readonly number[] | null;
  /** A linear axis begins at 0 unless this says no: then it shows differences, not sizes. */
  beginAtZero?: boolean;
}

/** Options that every chart shares: plain data, but for the ticks of a logarithmic axis. */
export function chartOptions(texts: { title: string; subtitle: string[]; x: string; y: Axis }) {
  const font = (size: number, weight: 'normal' | 'bold' = 'normal') => ({ family: FONT, size, weight });
  const axis = (title: string) => ({
    title: { display: true, text: title, color: INK, font: font(16), padding: 8 },
    ticks: { color: INK, font: font(14) },
    grid: { color: GRID },
    border: { color: INK },
  });
  return {
    responsive: false,
    animation: false,
    locale: 'en-US',
    color: INK,
    layout: { padding: { left: 12, right: 28, top: 12, bottom: 12 } },
    plugins: {
      title: { display: true, text: texts.title, color: INK, font: font(22, 'bold'), padding: { top: 4, bottom: 8 } },
      subtitle: {
        display: texts.subtitle.length > 0,
        text: texts.subtitle,
        color: '#555555',
        font: font(13),
        padding: { bottom: 10 },
      },
      legend: {
        display: true,
        position: 'bottom',
        labels: { color: INK, font: font(14), usePointStyle: true, boxHeight: 9, padding: 18 },
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
  return {
    type: 'logarithmic' as const,
    min: ticks[0] ?? 1,
    max: ticks.at(-1) ?? 10,
    afterBuildTicks: (axis: { ticks: { value: number }[] }) => {
      axis.ticks = ticks.map((value) => ({ value }));
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

/** Lines of at most so many characters, broken between words. */
export function wrapped(text: string, width = 140): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
