import { markdownTable } from 'markdown-table';

/** Repeats of a run: from three to explore to ten to publish. */
export const REPEATS = [3, 4, 5, 6, 7, 8, 9, 10];

/** Trials of one figure: a standard error of 0.15 % at 95 %. */
export const TRIALS = 20_000;

/** `95.1`, in brackets where it isn't within 1.5 of what is promised, or more than that below it. */
export function coverageText(share: number, promised: '95' | 'at least 95' = '95'): string {
  const text = (100 * share).toFixed(1);
  const off = share - 0.95;
  return off < -0.015 || (promised === '95' && off > 0.015) ? `(${text})` : text;
}

/** A row a name, a column a number of repeats. */
export function byRepeats(
  title: string,
  rows: readonly (readonly [name: string, cell: (n: number) => string])[],
  repeats: readonly number[] = REPEATS,
): string {
  return table(
    [title, ...repeats.map((n) => `n = ${n}`)],
    rows.map(([name, cell]) => [name, ...repeats.map(cell)]),
  );
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable([head, ...rows], { align: head.map((_, at) => (at === 0 ? 'l' : 'r')), alignDelimiters: false });
}
