import { formatDecimal } from '../../lib/format.js';
import type { Figures, Row } from './figures.js';
import { FIXED_LATENCY, type UpstreamKind } from './trials.js';

/** A target and what was measured. */
export interface TargetVerdict {
  what: string;
  bound: string;
  /** The figure and what it is derived from, or why there is none. */
  measured: string;
  verdict: 'reached' | 'missed' | 'unknown';
}

/** Which row a figure is taken from. */
export interface RowChoice {
  engine?: string;
  upstream?: UpstreamKind;
  latency?: string;
  vus: number;
}

/** Judges one target from a run's rows. */
export type Judgement = (rows: readonly Row[]) => TargetVerdict;

/** The engine that the targets are for. */
const TARGET_ENGINE = 'native';

type RatioBound = { most: number } | { least: number } | { within: number };

/** A bound on `ours / theirs` of one figure; `within`: how far it may be from 1. */
export function ratioTarget(target: {
  what: string;
  ours: RowChoice;
  theirs: RowChoice;
  pick: (figures: Figures) => number | null;
  unit: 'µs' | 'RPS';
  bound: RatioBound;
}): Judgement {
  const { what, ours, theirs, pick, unit, bound } = target;
  const boundText = formatBound(bound);
  return (rows) => {
    const our = figureOf(rows, ours, pick);
    const their = figureOf(rows, theirs, pick);
    if (typeof our === 'string') return unknownTarget(what, boundText, our);
    if (typeof their === 'string') return unknownTarget(what, boundText, their);
    const ratio = our / their;
    const decimals = unit === 'RPS' ? 0 : 1;
    return {
      what,
      bound: boundText,
      measured: `${formatDecimal(ratio, 2)} (${formatDecimal(our, decimals)} of ${formatDecimal(their, decimals)} ${unit})`,
      verdict: meetsBound(ratio, bound) ? 'reached' : 'missed',
    };
  };
}

function formatBound(bound: RatioBound): string {
  if ('most' in bound) return `≤ ${bound.most}`;
  return 'least' in bound ? `≥ ${bound.least}` : `1 ± ${bound.within}`;
}

function meetsBound(ratio: number, bound: RatioBound): boolean {
  if ('most' in bound) return ratio <= bound.most;
  // 1e-9: a ratio on the bound, such as 0.97, is not exactly 1 - 0.03.
  return 'least' in bound ? ratio >= bound.least : Math.abs(ratio - 1) <= bound.within + 1e-9;
}

/** A bound on how far a latency is from another, either way. */
export function differenceTarget(target: {
  what: string;
  ours: RowChoice;
  theirs: RowChoice;
  pickUs: (figures: Figures) => number | null;
  mostUs: number;
}): Judgement {
  const { what, ours, theirs, pickUs, mostUs } = target;
  const bound = `± ${mostUs / 1000} ms`;
  return (rows) => {
    const ourUs = figureOf(rows, ours, pickUs);
    const theirUs = figureOf(rows, theirs, pickUs);
    if (typeof ourUs === 'string') return unknownTarget(what, bound, ourUs);
    if (typeof theirUs === 'string') return unknownTarget(what, bound, theirUs);
    const ms = (us: number) => formatDecimal(us / 1000, 2);
    return {
      what,
      bound,
      measured: `${formatSignedMs(ourUs - theirUs)} ms (${ms(ourUs)} to ${ms(theirUs)} ms)`,
      verdict: Math.abs(ourUs - theirUs) <= mostUs ? 'reached' : 'missed',
    };
  };
}

/** A bound on one figure. */
export function figureTarget<T extends number | boolean>(target: {
  what: string;
  of: RowChoice;
  bound: string;
  pick: (figures: Figures) => T | null;
  meets: (value: T) => boolean;
  format: (value: T) => string;
}): Judgement {
  const { what, of, bound, pick, meets, format } = target;
  return (rows) => {
    const value = figureOf(rows, of, pick);
    if (typeof value === 'string') return unknownTarget(what, bound, value);
    return { what, bound, measured: format(value), verdict: meets(value) ? 'reached' : 'missed' };
  };
}

export function unknownTarget(what: string, bound: string, why: string): TargetVerdict {
  return { what, bound, measured: why, verdict: 'unknown' };
}

/** A row's figure, or why there is none. */
function figureOf<T extends number | boolean>(
  rows: readonly Row[],
  { engine = TARGET_ENGINE, upstream = 'mock', latency = FIXED_LATENCY, vus }: RowChoice,
  pick: (figures: Figures) => T | null,
): T | string {
  const name = `${engine} on ${upstream} ${latency} at ${vus} VUs`;
  const row = rows.find(
    ({ trial }) =>
      trial.engine === engine && trial.upstream === upstream && trial.latency === latency && trial.vus === vus,
  );
  if (row === undefined) return `${name} was not measured`;
  if (row.figures === null) return `${name} could not be measured: ${row.reasons[0] ?? 'no reason known'}`;
  return pick(row.figures) ?? `${name} has no such figure`;
}

/** `+0.21`, `-1.30`. */
export function formatSignedMs(us: number): string {
  return `${us > 0 ? '+' : ''}${formatDecimal(us / 1000, 2)}`;
}
