import type { CategoryDiff, DiffMeasure } from '../../profiles/analysis/profile-diff.js';
import { CATEGORY_STYLE } from '../../report/profiles/category-colours.js';
import { formatChange } from '../view/format-frame.js';
import { formatDiffValue } from '../view/node-details.js';
import { swatch } from './category-bar.js';
import { type Html, html } from './html.js';

/** Both profiles as bars on one scale, so that the longer one is the dearer one, and as a table under them. */
export function diffCategories(rows: readonly CategoryDiff[], unit: DiffMeasure['unit']): Html {
  const words = formatDiffValue({ unit });
  const sums = { before: sum(rows, 'before'), after: sum(rows, 'after') };
  const longest = Math.max(sums.before, sums.after);
  const bars = (['before', 'after'] as const).map((side) => {
    const rest = longest - sums[side];
    return html`<div class="bar-row"><span>${side}</span><div class="bar" role="img" aria-label="${side}: ${words(sums[side])}">${rows.map(
      (row) => barPart(row, side, longest, words),
    )}<div class="rest" style="flex: ${rest / (longest || 1)} 0 0"></div></div></div>`;
  });
  const lines = rows.map(
    ({ category, before, after }) =>
      html`<tr data-category="${category}"><th scope="row">${swatch(CATEGORY_STYLE[category].colour)}${CATEGORY_STYLE[category].label}</th><td class="number">${words(before)}</td><td class="number">${words(after)}</td><td class="number ${changeClass(after - before)}">${formatChange(after - before, words)}</td></tr>`,
  );
  return html`${bars}
<table class="categories"><thead><tr><th scope="col">Category</th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th><th scope="col" class="number">Change</th></tr></thead>
<tbody>${lines}</tbody></table>`;
}

/** Colours a change as the flame graph does; the sign says the same. */
export function changeClass(change: number): string {
  return change > 0 ? 'grew' : change < 0 ? 'shrank' : '';
}

function barPart(row: CategoryDiff, side: 'before' | 'after', longest: number, words: (value: number) => string): Html {
  const { label, colour } = CATEGORY_STYLE[row.category];
  const share = row[side] / (longest || 1);
  const inside = share >= 0.07 ? html`<span>${label} <b>${words(row[side])}</b></span>` : html``;
  return html`<div style="flex: ${share} 0 0; background: ${colour}" title="${`${label}: ${words(row[side])}`}">${inside}</div>`;
}

function sum(rows: readonly CategoryDiff[], side: 'before' | 'after'): number {
  return rows.reduce((all, row) => all + row[side], 0);
}
