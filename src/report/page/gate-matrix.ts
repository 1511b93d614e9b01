import type { DerivedCell } from '../../analysis/derive-run.js';
import type { GatewaySummary, LevelSummary } from '../../analysis/summary.js';
import { formatLevel } from '../../lib/format.js';
import { type Html, html, NOTHING } from '../../lib/html.js';
import { levelTitle } from '../../model/load-level.js';
import type { GateResult } from '../../model/record.js';
import type { DerivedReport } from '../derived-report.js';

type Verdict = GateResult['verdict'];

/** Gravest first. */
const VERDICTS: readonly Verdict[] = ['invalid', 'warn', 'unknown', 'pass'];
const MARKS: Record<Verdict, string> = { invalid: '✕', warn: '!', unknown: '?', pass: '✓' };
const WORDS: Record<Verdict, string> = { invalid: 'invalid', warn: 'warning', unknown: 'not known', pass: 'passed' };

/**
 * Every cell and every gate: a row a gateway and VU level, a column a gate. Of repeats, the gravest verdict and how many have
 * it. What isn't passed is a button that tells why.
 */
export function gateMatrix({ summaries }: DerivedReport): Html {
  const judged = summaries.filter(({ levels }) =>
    levels.some(({ records }) => records.some(({ gates }) => gates.length > 0)),
  );
  const names = [
    ...new Set(
      judged.flatMap(({ levels }) =>
        levels.flatMap(({ records }) => records.flatMap(({ gates }) => gates.map(({ gate }) => gate))),
      ),
    ),
  ];
  if (names.length === 0) return html`<p>No cell was measured, so no gate was applied.</p>`;
  const heads = names.map((name) => html`<th scope="col"><span>${name}</span></th>`);
  const bodies = judged.map(
    (summary) =>
      html`<tbody data-gateway="${summary.label}"><tr><th class="group" scope="rowgroup" colspan="${names.length + 1}"><span>${summary.title}</span></th></tr>
${summary.levels.map((level) => row(summary, level, names))}</tbody>`,
  );
  return html`<ul class="legend">${VERDICTS.toReversed().map(
    (verdict) =>
      html`<li><span class="gate ${verdict}" aria-hidden="true">${MARKS[verdict]}</span> ${WORDS[verdict]}</li>`,
  )}</ul>
<div class="scroll" role="region" tabindex="0" aria-label="Gates: table"><table class="matrix"><thead><tr><th scope="col">${levelTitle(judged[0]?.levels[0]?.model ?? 'closed')}</th>${heads}</tr></thead>
${bodies}</table></div>`;
}

function row(summary: GatewaySummary, level: LevelSummary, names: readonly string[]): Html {
  const judged = level.records.filter(({ gates }) => gates.length > 0);
  const cells =
    judged.length === 0
      ? html`<td class="quiet" colspan="${names.length}">${level.shown?.outcome.kind ?? 'not measured'}</td>`
      : html`${names.map((name) => cell(summary, level, judged, name))}`;
  return html`<tr><th scope="row">${level.vus}</th>${cells}</tr>
`;
}

function cell(summary: GatewaySummary, level: LevelSummary, records: readonly DerivedCell[], name: string): Html {
  const results = records.flatMap((record) =>
    record.gates.filter(({ gate }) => gate === name).map((result) => ({ ...result, repeat: record.cell.repeat })),
  );
  const verdict = VERDICTS.find((each) => results.some((result) => result.verdict === each));
  if (verdict === undefined) return html`<td></td>`;
  const mark = html`<span aria-hidden="true">${MARKS[verdict]}</span>`;
  const words = html`<span class="visually-hidden">${WORDS[verdict]}</span>`;
  if (verdict === 'pass') return html`<td><span class="gate pass">${mark}${words}</span></td>`;
  const grave = results.filter((result) => result.verdict === verdict);
  const count =
    records.length > 1 ? html`<small aria-hidden="true">${grave.length}/${records.length}</small>` : NOTHING;
  const told = grave.map(({ repeat, message }) => (records.length > 1 ? `Repeat ${repeat}: ${message}` : message));
  const place = `${summary.title}, ${formatLevel(level.vus, level.model)}, ${name}`;
  return html`<td><button type="button" class="gate ${verdict}" data-title="${place}" data-tip="${[...new Set(told)].join('\n')}">${mark}<span class="visually-hidden">${WORDS[verdict]}: ${place}</span>${count}</button></td>`;
}
