import { type Html, html, NOTHING, trusted } from '../../lib/html.js';
import { printable } from '../../lib/printable.js';
import type { Section, Table } from '../section.js';
import { linkTo, SITE_PAGES, type SitePage } from './links.js';
import { SITE_STYLE } from './site-style.js';

/** What all pages of a site have in common. */
export interface SiteFrame {
  /** Of the whole site. */
  title: string;
  /** Of gatebench. */
  version: string;
}

interface Page {
  /** From the site's root. */
  path: string;
  title: string;
  /** The entry of the navigation that it belongs to. */
  part: SitePage;
  body: Html;
}

const NAVIGATION: readonly [SitePage, string][] = [
  ['overview', 'Overview'],
  ['runs', 'Runs'],
  ['gateways', 'Gateways'],
  ['history', 'History'],
];

/** A page without a script, whose policy forbids any request to a server. */
export function sitePage(frame: SiteFrame, { path, title, part, body }: Page): string {
  const isHome = path === SITE_PAGES.overview;
  const entries = NAVIGATION.map(
    ([name, label]) =>
      html`<li><a href="${linkTo(path, SITE_PAGES[name])}"${name === part ? trusted(' aria-current="page"') : NOTHING}>${label}</a></li>`,
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${isHome ? frame.title : `${title} · ${frame.title}`}</title>
<link rel="icon" href="data:,">
<style>${trusted(SITE_STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><strong>${frame.title}</strong><nav aria-label="Site"><ul>${entries}</ul></nav></header>
<main id="content">
<h1>${title}</h1>
${body}
</main>
<footer><p>Made by gatebench ${frame.version}. Hosts, users, addresses, folders and secrets have been removed.</p></footer>
</body>
</html>
`;
  return page.html;
}

/** Cells that are links, by their text. */
export type LinkOf = (text: string) => string | null;

/** A section as every report has them. @param level of its heading */
export function sectionHtml(
  { title, lead, table, notes }: Section,
  level: 2 | 3 = 2,
  linkOf: LinkOf = () => null,
): Html {
  const heading = level === 2 ? html`<h2>${printable(title)}</h2>` : html`<h3>${printable(title)}</h3>`;
  return html`<section>
${title === '' ? NOTHING : heading}
${lead.map((sentence) => html`<p class="lead">${printable(sentence)}</p>`)}
${table === null ? NOTHING : tableHtml(table, title, linkOf)}
${notesHtml(notes)}
</section>`;
}

export function notesHtml(notes: readonly string[]): Html {
  if (notes.length === 0) return NOTHING;
  return html`<ul class="notes">${notes.map((note) => html`<li>${printable(note)}</li>`)}</ul>`;
}

/** A table that scrolls by itself where the screen is narrow, by the keyboard too. @param name of the region */
export function tableHtml({ columns, rows }: Table, name: string, linkOf: LinkOf = () => null): Html {
  const align = (index: number) => (columns[index]?.align === 'right' ? trusted(' class="figure"') : NOTHING);
  const titled = columns.some(({ title }) => title !== '');
  const head = html`<thead><tr>${columns.map(({ title }, index) =>
    title === '' ? html`<td></td>` : html`<th scope="col"${align(index)}>${title}</th>`,
  )}</tr></thead>`;
  const cell = (text: string, index: number) => {
    const link = linkOf(text);
    const shown =
      link === null ? html`${printable(text)}` : html`<a class="nowrap" href="${link}">${printable(text)}</a>`;
    return html`<td${align(index)}>${shown}</td>`;
  };
  return html`<div class="scroll" role="region" aria-label="${printable(name)}" tabindex="0"><table>
${titled ? head : NOTHING}
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody>
</table></div>`;
}
