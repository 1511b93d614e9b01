/** A table as data: plain text in every cell, so that each renderer can escape in its own way. */
export interface Table {
  columns: { title: string; align: 'left' | 'right' }[];
  rows: string[][];
}

/** A part of the report, the same for Markdown and the terminal. */
export interface Section {
  title: string;
  /** Sentences above the table. */
  lead: string[];
  /** Null where there is nothing to tabulate. */
  table: Table | null;
  /** Under the table, one line each, marks included. */
  notes: string[];
}

/** Columns from titles: the first `leftCount` are words, the rest figures. */
export function columns(titles: readonly string[], leftCount: number): Table['columns'] {
  return titles.map((title, index) => ({ title, align: index < leftCount ? 'left' : 'right' }));
}
