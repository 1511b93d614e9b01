import { type Html, html, NOTHING } from '../../lib/html.js';
import { bestFigures } from '../answer/best-figures.js';
import { broken } from '../answer/broken.js';
import { doubts } from '../answer/doubts.js';
import type { DerivedReport } from '../derived-report.js';
import type { ReportSections } from '../sections.js';

const NOBODY = 'Nobody: no gateway crashed, and no level had 1 % of failed requests or more.';
const NOBODY_CRASHED = 'Nobody: no gateway crashed. Requests fail by design here.';

/** What most readers want to know, in words: who does best at what the run asked, who broke, and what can't be trusted. @param answer headline first */
export function answerPart(report: DerivedReport, [headline = '', ...sentences]: ReportSections['answer']): Html {
  const { broke, byDesign, limits, skipped } = broken(report);
  return html`<section id="answer" aria-label="The answer">
<p class="headline">${headline}</p>
${sentences.length === 0 ? NOTHING : html`<p class="evidence">${sentences.join(' ')}</p>`}
${cards(report)}
<div class="answers">
${broke.length === 0 ? list('Who broke', [byDesign ? NOBODY_CRASHED : NOBODY], 'plain') : list('Who broke', broke, 'bad')}
${list('What holds them down', limits, 'plain')}
${list('What can’t be trusted', doubtsOr(report), 'doubtful')}
${list('Not measured', skipped, 'plain')}
</div>
</section>`;
}

function doubtsOr(report: DerivedReport): string[] {
  const found = doubts(report);
  return found.length === 0 ? ['Nothing: every cell passed every gate, and every figure has an interval.'] : found;
}

function list(title: string, sentences: readonly string[], kind: 'bad' | 'doubtful' | 'plain'): Html {
  if (sentences.length === 0) return NOTHING;
  return html`<div class="answer ${kind}"><h2>${title}</h2><ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul></div>`;
}

function cards(report: DerivedReport): Html {
  const figures = bestFigures(report);
  if (figures.length === 0) return NOTHING;
  return html`<dl class="figures">${figures.map(
    ({ title, gateway, value, note }) =>
      html`<div><dt>${title}</dt><dd><strong>${gateway}</strong><b>${value}</b><small>${note}</small></dd></div>`,
  )}</dl>`;
}
