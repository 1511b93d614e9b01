import type uPlot from 'uplot';
import { formatSignificant } from '../../lib/format.js';
import type { Theme } from './theme.js';

/** An axis of a chart. */
export interface Scale {
  label: string;
  log: boolean;
  /** From the least to the most that is shown. */
  range: [min: number, max: number];
  /** Where labels are; without them at round numbers. */
  ticks?: readonly number[];
  format(value: number): string;
}

const FONT = '12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", Arial, sans-serif';
const LABEL_PX = 7;
const LOGARITHMIC = 3;
const LINEAR = 1;

/** A number on an axis, as it is. */
export function formatPlain(value: number): string {
  return formatSignificant(value, 9);
}

export function plainMilliseconds(us: number): string {
  return formatPlain(us / 1000);
}

/** The y axis that holds some values, and says so where it isn't the usual one. */
export function yScale(
  label: string,
  values: readonly number[],
  options: {
    log: boolean;
    fromZero: boolean;
    format(value: number): string;
    /** Above the largest value, as a share. */
    headroom?: number;
  },
): Scale {
  const { log, fromZero, format, headroom = 0.06 } = options;
  if (log) return { label: `${label}, logarithmic`, log, range: logRange(values), format };
  const range = linearRange(values, fromZero, headroom);
  return { label: range[0] > 0 ? `${label}, axis not from 0` : label, log, range, format };
}

/** From 0, or from a little less than the least where that is far from 0, to a little more than the most. */
function linearRange(values: readonly number[], fromZero: boolean, headroom: number): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (!Number.isFinite(least)) return [0, 1];
  const span = most - (fromZero ? Math.min(0, least) : least) || Math.abs(most) || 1;
  const bottom = least - 0.06 * span;
  return [least >= 0 && (fromZero || bottom < 0.25 * most) ? 0 : bottom, most + headroom * span];
}

/** To the next 1, 2 or 5 of a decade on both sides. */
function logRange(values: readonly number[]): [number, number] {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [1, 10];
  const ticks = oneTwoFive(Math.min(...positive), Math.max(...positive));
  const [least, most] = [ticks[0] ?? 1, ticks.at(-1) ?? 10];
  return least === most ? [least / 2, most * 2] : [least, most];
}

/** 1, 2 and 5 of every decade around both values. */
function oneTwoFive(least: number, most: number): number[] {
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(least)) - 1; exponent <= Math.ceil(Math.log10(most)) + 1; exponent++) {
    for (const digit of [1, 2, 5]) ticks.push(Number(`${digit}e${exponent}`));
  }
  const from = ticks.findLastIndex((tick) => tick <= least);
  const to = ticks.findIndex((tick) => tick >= most);
  return ticks.slice(from, to + 1);
}

export function plotScale({ log, range }: Scale): uPlot.Scale {
  return { time: false, distr: log ? LOGARITHMIC : LINEAR, range: () => range };
}

/** @param lengthPx of the axis, to leave out labels that would touch */
export function plotAxis(scale: Scale, side: 'x' | 'y', theme: Theme, lengthPx: number): uPlot.Axis {
  const { label, log, range, ticks, format } = scale;
  const splits = ticks ?? (log ? oneTwoFive(...range).filter((tick) => tick >= range[0] && tick <= range[1]) : null);
  const gapPx = side === 'x' ? 8 : 20;
  return {
    scale: side,
    label,
    labelFont: FONT,
    labelSize: 20,
    font: FONT,
    stroke: theme.ink,
    grid: { stroke: theme.line, width: 1 },
    ticks: { stroke: theme.line, width: 1, size: 5 },
    space: side === 'x' ? 70 : 36,
    filter: (_, all) => all,
    values: (_, all) => withoutTouching(all, scale, lengthPx, format, side, gapPx),
    ...(side === 'x' ? { size: 34 } : {}),
    ...(side === 'y' ? { size: (_: uPlot, values: string[]) => 16 + LABEL_PX * longest(values) } : {}),
    ...(splits === null ? {} : { splits: () => [...splits] }),
  };
}

function longest(texts: readonly (string | null)[] | null): number {
  return Math.max(1, ...(texts ?? []).map((text) => text?.length ?? 0));
}

/** Labels from the first on, each that doesn't touch the one before it. */
function withoutTouching(
  splits: readonly number[],
  { log, range: [min, max] }: Scale,
  lengthPx: number,
  format: (value: number) => string,
  side: 'x' | 'y',
  gapPx: number,
): (string | null)[] {
  const place = (value: number) => (log ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min));
  let freeFromPx = Number.NEGATIVE_INFINITY;
  return splits.map((value) => {
    const text = format(value);
    const centrePx = place(value) * lengthPx;
    const halfPx = side === 'x' ? (text.length * LABEL_PX) / 2 : 0;
    if (centrePx - halfPx < freeFromPx) return null;
    freeFromPx = centrePx + halfPx + gapPx;
    return text;
  });
}
