import { formatDecimal, tabulateShare } from '../../lib/format.js';
import { type Html, html, NOTHING } from '../../lib/html.js';
import type { FunctionDiff, ProfileDiff } from '../../profiles/analysis/diff.js';
import { type HotFunction, hotFunctions } from '../../profiles/analysis/hot-functions.js';
import { NormalisedFrames } from '../../profiles/analysis/normalised-frames.js';
import type { CategorisedProfile } from '../../profiles/categories/categorise.js';
import { CATEGORY_STYLE } from '../../report/profiles/category-colours.js';
import { formatChange, formatPlace, microseconds } from '../view/format-frame.js';
import { formatDiffValue } from '../view/node-details.js';
import { changeClass, swatch } from './categories.js';
import { functionCell, type SortableCell, type SortableColumn, sortableTable } from './elements.js';

/** Rows of each list. */
const ROWS = 20;

/** The hottest functions by self time and by total time, in one sortable table. */
export function functionTable(profile: CategorisedProfile): Html {
  const bySelf = hotFunctions(profile, { by: 'self', limit: ROWS });
  const functions = new NormalisedFrames();
  functions.add(profile.profile);
  const keyOf = ({ frame }: HotFunction) => JSON.stringify(frame);
  const indices = new Map(functions.frames.map((frame, index) => [JSON.stringify(frame), index]));
  const known = new Set(bySelf.map(keyOf));
  const byTotal = hotFunctions(profile, { by: 'total', limit: ROWS }).filter((hot) => !known.has(keyOf(hot)));
  const rows = [...bySelf, ...byTotal];
  const hasCpu = rows.some(({ self }) => self.cpuUsPerRequest !== null);
  const columns: SortableColumn[] = [
    { title: 'Function', kind: 'text' },
    { title: 'Category', kind: 'text' },
    { title: 'Self', kind: 'number' },
    { title: 'Total', kind: 'number' },
    ...(hasCpu
      ? [
          { title: 'Self CPU per request', kind: 'number' as const },
          { title: 'Total CPU per request', kind: 'number' as const },
        ]
      : []),
    { title: 'Self samples', kind: 'number' },
  ];
  return html`<section>
<h2>Hot functions</h2>
<p class="lead">The ${ROWS} functions with most of their own (self), and the ${ROWS} with most including what they call (total). Click a heading to sort, or a name to find it in the flame graph.</p>
<div class="scroll">${sortableTable(
    columns,
    rows.map((hot) => cells(hot, indices.get(keyOf(hot)) ?? -1, hasCpu)),
    2,
  )}</div>
</section>`;
}

/** @param index of the function, as the page's script knows it */
function cells({ frame, category, self, total }: HotFunction, index: number, hasCpu: boolean): SortableCell[] {
  const { label, colour } = CATEGORY_STYLE[category];
  const place = [frame.module ?? '', formatPlace(frame.file ?? '', frame.line ?? 0)].filter((part) => part !== '');
  return [
    functionCell(frame.name, index, [...new Set(place)].join(' · ')),
    { content: html`${swatch(colour)}${label}`, value: label },
    { content: html`${tabulateShare(self.share)}`, value: self.share },
    { content: html`${tabulateShare(total.share)}`, value: total.share },
    ...(hasCpu ? [self, total].map(({ cpuUsPerRequest }) => cpuCell(cpuUsPerRequest ?? 0)) : []),
    { content: html`${formatDecimal(self.samples, 0)}`, value: self.samples },
  ];
}

function cpuCell(us: number): SortableCell {
  return { content: html`${microseconds(us)}`, value: us };
}

/** The largest changes; the rest is noise. */
const DIFF_ROWS = 40;

/** The functions whose self time changed most. */
export function diffFunctions({ functions, frames, measure }: ProfileDiff): Html {
  if (functions.length === 0) return NOTHING;
  const format = formatDiffValue({ unit: measure.unit });
  const columns: SortableColumn[] = [
    { title: 'Function', kind: 'text' },
    { title: 'Category', kind: 'text' },
    { title: 'Self before', kind: 'number' },
    { title: 'Self after', kind: 'number' },
    { title: 'Self change', kind: 'number' },
    { title: 'Total before', kind: 'number' },
    { title: 'Total after', kind: 'number' },
    { title: 'Total change', kind: 'number' },
  ];
  const rows = functions.slice(0, DIFF_ROWS).map((each): SortableCell[] => {
    const { label, colour } = CATEGORY_STYLE[each.category];
    const frame = frames[each.frame];
    return [
      functionCell(frame?.name ?? '', each.frame, frame?.module ?? ''),
      { content: html`${swatch(colour)}${label}`, value: label },
      ...changeCells(each, 'self', format),
      ...changeCells(each, 'total', format),
    ];
  });
  return html`<section>
<h2>Functions that changed most</h2>
<p class="lead">By change of self time, up or down. Click a heading to sort, or a name to find it in the flame graph.</p>
<div class="scroll">${sortableTable(columns, rows, null)}</div>
</section>`;
}

function changeCells(each: FunctionDiff, part: 'self' | 'total', format: (value: number) => string): SortableCell[] {
  const [before, after] = part === 'self' ? [each.selfBefore, each.selfAfter] : [each.totalBefore, each.totalAfter];
  const change = after - before;
  return [
    { content: html`${format(before)}`, value: before },
    { content: html`${format(after)}`, value: after },
    { content: html`<span class="${changeClass(change)}">${formatChange(change, format)}</span>`, value: change },
  ];
}
