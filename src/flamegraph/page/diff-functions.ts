import type { FunctionDiff, ProfileDiff } from '../../profiles/analysis/profile-diff.js';
import { CATEGORY_STYLE } from '../../report/profiles/category-colours.js';
import { formatChange } from '../view/format-frame.js';
import { formatDiffValue } from '../view/node-details.js';
import { swatch } from './category-bar.js';
import { changeClass } from './diff-categories.js';
import { type Html, html, NOTHING } from './html.js';
import { functionCell, type SortableCell, type SortableColumn, sortableTable } from './sortable-table.js';

/** The largest changes; those after them are noise. */
const ROWS = 40;

/** The functions whose own time changed most. */
export function diffFunctions({ functions, frames, measure }: ProfileDiff): Html {
  if (functions.length === 0) return NOTHING;
  const words = formatDiffValue({ unit: measure.unit });
  const columns: SortableColumn[] = [
    { title: 'Function', kind: 'words' },
    { title: 'Category', kind: 'words' },
    { title: 'Self before', kind: 'number' },
    { title: 'Self after', kind: 'number' },
    { title: 'Self change', kind: 'number' },
    { title: 'Total before', kind: 'number' },
    { title: 'Total after', kind: 'number' },
    { title: 'Total change', kind: 'number' },
  ];
  const rows = functions.slice(0, ROWS).map((each): SortableCell[] => {
    const { label, colour } = CATEGORY_STYLE[each.category];
    const frame = frames[each.frame];
    return [
      functionCell(frame?.name ?? '', frame?.module ?? ''),
      { content: html`${swatch(colour)}${label}`, value: label },
      ...changeCells(each, 'self', words),
      ...changeCells(each, 'total', words),
    ];
  });
  return html`<section aria-labelledby="functions-title">
<h2 id="functions-title">Functions that changed most</h2>
<p class="lead">By the change of their own time, whatever its sign; a heading sorts. Click a name to find it in the flame graph.</p>
<div class="scroll">${sortableTable(columns, rows, null)}</div>
</section>`;
}

function changeCells(each: FunctionDiff, part: 'self' | 'total', words: (value: number) => string): SortableCell[] {
  const [before, after] = part === 'self' ? [each.selfBefore, each.selfAfter] : [each.totalBefore, each.totalAfter];
  const change = after - before;
  return [
    { content: html`${words(before)}`, value: before },
    { content: html`${words(after)}`, value: after },
    { content: html`<span class="${changeClass(change)}">${formatChange(change, words)}</span>`, value: change },
  ];
}
