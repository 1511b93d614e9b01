import type { PointShape } from '../page/page-data.js';
import type { Scale } from './scales.js';

/** A figure of a line. */
export interface Point {
  x: number;
  /** Null where there is none: a gap, or a cross at the bottom where its cell broke. */
  y: number | null;
  /** Of its interval; null without one. */
  low: number | null;
  high: number | null;
  /** False is not to be trusted: a hollow mark, and a thin line. */
  sure: boolean;
  kind: 'point' | 'broken' | 'unmarked';
  /** `2,447 ± 1.1 %`. */
  text: string;
  remarks: readonly string[];
}

export interface Line {
  title: string;
  colour: string;
  dash: readonly number[];
  /** Null where points have no marks. */
  shape: PointShape | null;
  points: readonly Point[];
}

/** A stretch of the x axis with a name. */
export interface Phase {
  title: string;
  from: number;
  to: number;
}

/** All that a chart shows. */
export interface Picture {
  x: Scale;
  y: Scale;
  lines: readonly Line[];
  /** A dotted line to compare with; it has no points to walk to. */
  reference: { title: string; points: readonly { x: number; y: number }[] } | null;
  phases: readonly Phase[];
  /** Above the figures at one x: `300 VUs`. */
  heading(x: number): string;
}

/** Every value that the y axis has to hold. */
export function valuesOf(lines: readonly Line[], reference: Picture['reference'] = null): number[] {
  const own = lines.flatMap(({ points }) => points.flatMap(({ y, low, high }) => [y, low, high]));
  return [...own, ...(reference?.points.map(({ y }) => y) ?? [])].filter((value) => value !== null);
}
