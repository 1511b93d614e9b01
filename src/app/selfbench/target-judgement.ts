import { decimal } from '../../report/format.js';
import type { Figures } from './figures.js';
import type { Row } from './median-rows.js';
import { FIXED_LATENCY, type UpstreamKind } from './trial.js';

/** A target held against what was measured. */
export interface TargetVerdict {
  what: string;
  bound: string;
  /** The figure, and what it is made of; or why there is none. */
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

/** Judges one target by the rows of a run. */
export type Judgement = (rows: readonly Row[]) => TargetVerdict;

/** The engine that the targets are for. */
const ENGINE = 'native';

/** `ours / theirs` of one figure has a bound. */
export function ratioTarget(target: {
  what: string;
  ours: RowChoice;
  theirs: RowChoice;
  pick: (figures: Figures) => number | null;
  unit: 'µs' | 'RPS';
  bound: { most: number } | { least: number };
}): Judgement {
  const { what, ours, theirs, pick, unit, bound } = target;
  const formatBound = 'most' in bound ? `≤ ${bound.most}` : `≥ ${bound.least}`;
  return (rows) => {
    const our = figureOf(rows, ours, pick);
    const their = figureOf(rows, theirs, pick);
    if (typeof our === 'string') return unknownTarget(what, formatBound, our);
    if (typeof their === 'string') return unknownTarget(what, formatBound, their);
    const ratio = our / their;
    const decimals = unit === 'RPS' ? 0 : 1;
    return {
      what,
      bound: formatBound,
      measured: `${decimal(ratio, 2)} (${decimal(our, decimals)} of ${decimal(their, decimals)} ${unit})`,
      verdict: ('most' in bound ? ratio <= bound.most : ratio >= bound.least) ? 'reached' : 'missed',
    };
  };
}

/** One figure has a bound of its own. */
export function figureTarget<T extends number | boolean>(target: {
  what: string;
  of: RowChoice;
  bound: string;
  pick: (figures: Figures) => T | null;
  meets: (value: T) => boolean;
  words: (value: T) => string;
}): Judgement {
  const { what, of, bound, pick, meets, words } = target;
  return (rows) => {
    const value = figureOf(rows, of, pick);
    if (typeof value === 'string') return unknownTarget(what, bound, value);
    return { what, bound, measured: words(value), verdict: meets(value) ? 'reached' : 'missed' };
  };
}

export function unknownTarget(what: string, bound: string, why: string): TargetVerdict {
  return { what, bound, measured: why, verdict: 'unknown' };
}

/** A figure of a row, or in words why there is none. */
function figureOf<T extends number | boolean>(
  rows: readonly Row[],
  { engine = ENGINE, upstream = 'mock', latency = FIXED_LATENCY, vus }: RowChoice,
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
