import type { CategoryTotal } from '../../profiles/categories/category-table.js';
import { percent } from '../../report/format.js';
import { CATEGORY_STYLE } from '../../report/profiles/category-colours.js';
import { microseconds } from '../view/format-frame.js';
import { type Html, html, NOTHING } from './html.js';

/** Narrower parts of the bar have no room for words. */
const LABELLED_SHARE = 0.05;

/** All categories as one bar, and as a table under it: colours alone don't tell sixteen apart. */
export function categoryBar(totals: readonly CategoryTotal[]): Html {
  // What nothing was spent on is noise here, but that nothing is unknown is worth saying.
  const rows = totals.filter(({ category, weight }) => weight > 0 || category === 'unknown');
  const hasPerRequest = rows.some(({ cpuUsPerRequest }) => cpuUsPerRequest !== null);
  return html`<div class="bar" role="img" aria-label="${formatBar(rows)}">${rows.map(barPart)}</div>
<table class="categories"><thead><tr><th scope="col">Category</th><th scope="col" class="number">Share</th><th scope="col" class="number">95 % interval</th>${
    hasPerRequest ? html`<th scope="col" class="number">CPU per request</th>` : NOTHING
  }<th scope="col">What belongs to it</th></tr></thead>
<tbody>${rows.map((row) => categoryLine(row, hasPerRequest))}</tbody></table>`;
}

function barPart({ category, share }: CategoryTotal): Html {
  const { label, colour } = CATEGORY_STYLE[category];
  const title = `${label}: ${percent(share)}`;
  const words = share >= LABELLED_SHARE ? html`<span>${label} <b>${percent(share)}</b></span>` : NOTHING;
  return html`<div style="flex: ${share} 0 0; background: ${colour}" title="${title}" data-category="${category}">${words}</div>`;
}

function categoryLine(
  { category, share, shareInterval, cpuUsPerRequest }: CategoryTotal,
  hasPerRequest: boolean,
): Html {
  const { label, meaning, colour } = CATEGORY_STYLE[category];
  const range = `${percent(shareInterval.low).replace(' %', '')} to ${percent(shareInterval.high)}`;
  const perRequest = cpuUsPerRequest === null ? '–' : microseconds(cpuUsPerRequest);
  return html`<tr data-category="${category}"><th scope="row">${swatch(colour)}${label}</th><td class="number">${percent(share)}</td><td class="number muted">${range}</td>${
    hasPerRequest ? html`<td class="number">${perRequest}</td>` : NOTHING
  }<td class="muted">${meaning}</td></tr>`;
}

/** A square of a colour, before the word that says what it means. */
export function swatch(colour: string): Html {
  return html`<span class="swatch" style="background: ${colour}"></span>`;
}

function formatBar(rows: readonly CategoryTotal[]): string {
  return rows.map(({ category, share }) => `${CATEGORY_STYLE[category].label} ${percent(share)}`).join(', ');
}
