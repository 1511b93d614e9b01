import { type Html, html, NOTHING } from '../../lib/html.js';

/** A key figure, shown in large type. */
export interface KeyFigure {
  label: string;
  value: string;
  /** Below it, smaller; may be empty. */
  note: string;
}

export function keyFigures(figures: readonly KeyFigure[]): Html {
  return html`<dl class="figures">${figures.map(
    ({ label, value, note }) =>
      html`<div><dt>${label}</dt><dd><strong>${value}</strong>${note === '' ? NOTHING : html`<small>${note}</small>`}</dd></div>`,
  )}</dl>`;
}

/** A table of labels and values, without rows that have no value. */
export function factTable(caption: string, rows: readonly (readonly [label: string, value: string | null])[]): Html {
  const known = rows.flatMap(([label, value]) =>
    value === null || value === '' ? [] : [html`<tr><th scope="row">${label}</th><td>${value}</td></tr>`],
  );
  return html`<table class="facts"><caption class="visually-hidden">${caption}</caption><tbody>${known}</tbody></table>`;
}

/** A box with important sentences. */
export function callout(title: string, sentences: readonly string[], kind: 'warning' | 'caveat'): Html {
  if (sentences.length === 0) return NOTHING;
  return html`<aside class="callout ${kind}" aria-label="${title}"><h2>${title}</h2><ul>${sentences.map(
    (sentence) => html`<li>${sentence}</li>`,
  )}</ul></aside>`;
}

export interface SortableColumn {
  title: string;
  kind: 'text' | 'number';
}

/** A cell's content, and the value to sort by. */
export interface SortableCell {
  content: Html;
  value: string | number;
}

/** A table that the page's script can sort. @param sortedBy the column it is sorted by; null if by none */
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
          html`<td class="${columns[index]?.kind ?? 'text'}" data-value="${String(value)}">${content}</td>`,
      )}</tr>`,
  );
  return html`<table class="sortable"><thead><tr>${headings}</tr></thead><tbody>${lines}</tbody></table>`;
}

/**
 * A function's name, a button that finds it in the flame graph, with its place below it.
 * @param index of the function, as the page's script knows it
 */
export function functionCell(name: string, index: number, place: string): SortableCell {
  const where = place === '' ? NOTHING : html`<small>${place}</small>`;
  return {
    content: html`<button type="button" class="function" data-function="${index}">${name}</button>${where}`,
    value: name,
  };
}
