import { type Html, html, NOTHING } from '../../lib/html.js';
import type { Section, Table } from '../section.js';

/** A section as the tables of report.md have it: lead, table, notes. @param level of its heading; null for none */
export function sectionHtml({ title, lead, table, notes }: Section, level: 3 | 4 | null): Html {
  const heading = level === null ? NOTHING : level === 3 ? html`<h3>${title}</h3>` : html`<h4>${title}</h4>`;
  return html`${heading}${leads(lead)}${table === null ? NOTHING : tableHtml(table, title)}${notesHtml(notes)}`;
}

/** Sections behind a line that opens them: open on paper. @param summary the line */
export function folded(summary: string, content: Html): Html {
  return html`<details><summary>${summary}</summary>
<div class="folded">${content}</div></details>`;
}

export function leads(sentences: readonly string[]): Html {
  return html`${sentences.map((sentence) => html`<p class="lead">${sentence}</p>`)}`;
}

function notesHtml(notes: readonly string[]): Html {
  if (notes.length === 0) return NOTHING;
  return html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
}

/** A wide table scrolls in its own frame, which the keyboard reaches. */
function tableHtml({ columns, rows }: Table, name: string): Html {
  const titled = columns.some(({ title }) => title !== '');
  const head = columns.map(({ title, align }) =>
    title === '' ? html`<td></td>` : html`<th scope="col" class="${align}">${title}</th>`,
  );
  const body = rows.map(
    (row) =>
      html`<tr>${row.map((cell, at) => {
        const align = columns[at]?.align ?? 'left';
        if (at === 0) return html`<th scope="row" class="${align}">${cell}</th>`;
        return html`<td class="${[align, ...tone(cell)].join(' ')}">${cell}</td>`;
      })}</tr>\n`,
  );
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${name}: table"><table>${
    titled ? html`<thead><tr>${head}</tr></thead>` : NOTHING
  }<tbody>
${body}</tbody></table></div>`;
}

/** What needs a look stands out, as it does on a terminal. */
function tone(cell: string): string[] {
  if (/^(crashed|failed|invalid|differs|contradicted)\b/.test(cell)) return ['bad'];
  if (/^(warn\b|\()/.test(cell)) return ['doubtful'];
  return /^(skipped\b|[–·])/.test(cell) ? ['quiet'] : [];
}
