import { type Html, html, NOTHING } from './html.js';

/** Figures that are read first, large and side by side. */
export interface KeyFigure {
  label: string;
  value: string;
  /** Under it, smaller; empty where there is nothing more to say. */
  note: string;
}

export function keyFigures(figures: readonly KeyFigure[]): Html {
  return html`<dl class="figures">${figures.map(
    ({ label, value, note }) =>
      html`<div><dt>${label}</dt><dd><strong>${value}</strong>${note === '' ? NOTHING : html`<small>${note}</small>`}</dd></div>`,
  )}</dl>`;
}

/** Rows of a word and a value; those without a value are left out. */
export function factTable(caption: string, rows: readonly (readonly [label: string, value: string | null])[]): Html {
  const known = rows.flatMap(([label, value]) =>
    value === null || value === '' ? [] : [html`<tr><th scope="row">${label}</th><td>${value}</td></tr>`],
  );
  return html`<table class="facts"><caption class="visually-hidden">${caption}</caption><tbody>${known}</tbody></table>`;
}

/** Sentences that must not be overlooked. */
export function callout(title: string, sentences: readonly string[], kind: 'warning' | 'caveat'): Html {
  if (sentences.length === 0) return NOTHING;
  return html`<aside class="callout ${kind}" aria-label="${title}"><h2>${title}</h2><ul>${sentences.map(
    (sentence) => html`<li>${sentence}</li>`,
  )}</ul></aside>`;
}
