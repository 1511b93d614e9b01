import type { ChartConfiguration, PointStyle } from 'chart.js';

/** A chart, and what Chart.js has no place for. */
export interface Drawing {
  configuration: ChartConfiguration;
  /** Between the plot and its x axis; none by default. */
  marks?: readonly MarkColumn[];
  /** Below everything else, one under another; none by default. */
  notes?: readonly DrawnNote[];
}

/** Marks that stand one beside another at one place of the x axis. */
export interface MarkColumn {
  /** 0 at the left end of the axis, 1 at its right end. */
  at: number;
  marks: readonly Mark[];
}

/** A hollow symbol with the number of its note. */
export interface Mark {
  colour: string;
  point: { style: Exclude<PointStyle, false>; rotation: number };
  note: number;
}

export interface DrawnNote {
  /** Null for a line that no mark refers to. */
  number: number | null;
  text: string;
}
