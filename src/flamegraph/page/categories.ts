import { tabulateShare } from '../../lib/format.js';
import { type Html, html, NOTHING } from '../../lib/html.js';
import type { CategoryDiff, DiffMeasure } from '../../profiles/analysis/diff.js';
import type { CategoryTotal } from '../../profiles/categories/category-table.js';
import { CATEGORY_STYLE } from '../../report/profiles/category-colours.js';
import { formatChange, microseconds } from '../view/format-frame.js';
import { formatDiffValue } from '../view/node-details.js';

/** Narrower parts of the bar have no space for a label. */
const LABELLED_SHARE = 0.05;

/** Categories as a bar and as a table: sixteen colours alone aren't distinguishable. */
export function categoryBar(totals: readonly CategoryTotal[]): Html {
  // Empty categories are noise, except unknown.
  const rows = totals.filter(({ category, weight }) => weight > 0 || category === 'unknown');
  const hasPerRequest = rows.some(({ cpuUsPerRequest }) => cpuUsPerRequest !== null);
  return html`<div class="bar" role="img" aria-label="${formatBar(rows)}">${rows.map(barPart)}</div>
<table class="categories"><thead><tr><th scope="col">Category</th><th scope="col" class="number">Share</th><th scope="col" class="number">95 % interval</th>${
    hasPerRequest ? html`<th scope="col" class="number">CPU per request</th>` : NOTHING
  }<th scope="col">What it includes</th></tr></thead>
<tbody>${rows.map((row) => categoryLine(row, hasPerRequest))}</tbody></table>`;
}

function barPart({ category, share }: CategoryTotal): Html {
  const { label, colour } = CATEGORY_STYLE[category];
  const title = `${label}: ${tabulateShare(share)}`;
  const text = share >= LABELLED_SHARE ? html`<span>${label} <b>${tabulateShare(share)}</b></span>` : NOTHING;
  return html`<div style="flex: ${share} 0 0; background: ${colour}" title="${title}" data-category="${category}">${text}</div>`;
}

function categoryLine(
  { category, share, shareInterval, cpuUsPerRequest }: CategoryTotal,
  hasPerRequest: boolean,
): Html {
  const { label, meaning, colour } = CATEGORY_STYLE[category];
  const range = `${tabulateShare(shareInterval.low).replace(' %', '')} to ${tabulateShare(shareInterval.high)}`;
  const perRequest = cpuUsPerRequest === null ? '–' : microseconds(cpuUsPerRequest);
  return html`<tr data-category="${category}"><th scope="row">${swatch(colour)}${label}</th><td class="number">${tabulateShare(share)}</td><td class="number muted">${range}</td>${
    hasPerRequest ? html`<td class="number">${perRequest}</td>` : NOTHING
  }<td class="muted">${meaning}</td></tr>`;
}

/** A coloured square, to put before a label. */
export function swatch(colour: string): Html {
  return html`<span class="swatch" style="background: ${colour}"></span>`;
}

function formatBar(rows: readonly CategoryTotal[]): string {
  return rows.map(({ category, share }) => `${CATEGORY_STYLE[category].label} ${tabulateShare(share)}`).join(', ');
}

/** Both profiles as bars on one scale, so that the longer one is more expensive, and as a table. */
export function diffCategories(rows: readonly CategoryDiff[], unit: DiffMeasure['unit']): Html {
  const format = formatDiffValue({ unit });
  const sums = { before: sum(rows, 'before'), after: sum(rows, 'after') };
  const longest = Math.max(sums.before, sums.after);
  const bars = (['before', 'after'] as const).map((side) => {
    const rest = longest - sums[side];
    return html`<div class="bar-row"><span>${side}</span><div class="bar" role="img" aria-label="${side}: ${format(sums[side])}">${rows.map(
      (row) => diffBarPart(row, side, longest, format),
    )}<div class="rest" style="flex: ${rest / (longest || 1)} 0 0"></div></div></div>`;
  });
  const lines = rows.map(
    ({ category, before, after }) =>
      html`<tr data-category="${category}"><th scope="row">${swatch(CATEGORY_STYLE[category].colour)}${CATEGORY_STYLE[category].label}</th><td class="number">${format(before)}</td><td class="number">${format(after)}</td><td class="number ${changeClass(after - before)}">${formatChange(after - before, format)}</td></tr>`,
  );
  return html`${bars}
<table class="categories"><thead><tr><th scope="col">Category</th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th><th scope="col" class="number">Change</th></tr></thead>
<tbody>${lines}</tbody></table>`;
}

/** The class for the flame graph's colour of a change. */
export function changeClass(change: number): string {
  return change > 0 ? 'grew' : change < 0 ? 'shrank' : '';
}

function diffBarPart(
  row: CategoryDiff,
  side: 'before' | 'after',
  longest: number,
  format: (value: number) => string,
): Html {
  const { label, colour } = CATEGORY_STYLE[row.category];
  const share = row[side] / (longest || 1);
  const inside = share >= 0.07 ? html`<span>${label} <b>${format(row[side])}</b></span>` : html``;
  return html`<div style="flex: ${share} 0 0; background: ${colour}" title="${`${label}: ${format(row[side])}`}">${inside}</div>`;
}

function sum(rows: readonly CategoryDiff[], side: 'before' | 'after'): number {
  return rows.reduce((all, row) => all + row[side], 0);
}
