import { type Html, html, NOTHING } from './html.js';

export interface SortableColumn {
  title: string;
  kind: 'words' | 'number';
}

/** What stands in a cell, and what it is sorted by. */
export interface SortableCell {
  content: Html;
  value: string | number;
}

/** A table that the page's script sorts by a click on a heading. @param sortedBy column that it is in the order of; null for none of them */
export function sortableTable(
  columns: readonly SortableColumn[],
  rows: readonly SortableCell[][],
  sortedBy: number | null,
): Html {
  const headings = columns.map(
    ({ title, kind }, index) =>
      html`<th scope="col" class="${kind}"${index === sortedBy ? html` aria-sort="descending"` : NOTHING}><button type="button">${title}</button></th>`,
  );
  const lines = rows.map(
    (cells) =>
      html`<tr>${cells.map(
        ({ content, value }, index) =>
          html`<td class="${columns[index]?.kind ?? 'words'}" data-value="${String(value)}">${content}</td>`,
      )}</tr>`,
  );
  return html`<table class="sortable"><thead><tr>${headings}</tr></thead><tbody>${lines}</tbody></table>`;
}

/** A function's name that looks itself up in the flame graph, with where it is under it. */
export function functionCell(name: string, place: string): SortableCell {
  const where = place === '' ? NOTHING : html`<small>${place}</small>`;
  return {
    content: html`<button type="button" class="function" data-function="${name}">${name}</button>${where}`,
    value: name,
  };
}
