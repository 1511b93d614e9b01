import { type HotFunction, hotFunctions } from '../../profiles/analysis/hot-functions.js';
import type { CategorisedProfile } from '../../profiles/categories/categorised-profile.js';
import { decimal, percent } from '../../report/format.js';
import { CATEGORY_STYLE } from '../../report/profiles/category-colours.js';
import { formatPlace, microseconds } from '../view/format-frame.js';
import { swatch } from './category-bar.js';
import { type Html, html } from './html.js';
import { functionCell, type SortableCell, type SortableColumn, sortableTable } from './sortable-table.js';

/** Of each list, so many from its top. */
const ROWS = 20;

/** The hottest functions by their own time and by their time with all they call, in one table that sorts by either. */
export function functionTable(profile: CategorisedProfile): Html {
  const bySelf = hotFunctions(profile, { by: 'self', limit: ROWS });
  const keyOf = ({ frame }: HotFunction) => JSON.stringify(frame);
  const known = new Set(bySelf.map(keyOf));
  const byTotal = hotFunctions(profile, { by: 'total', limit: ROWS }).filter((hot) => !known.has(keyOf(hot)));
  const rows = [...bySelf, ...byTotal];
  const hasCpu = rows.some(({ self }) => self.cpuUsPerRequest !== null);
  const columns: SortableColumn[] = [
    { title: 'Function', kind: 'words' },
    { title: 'Category', kind: 'words' },
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
  return html`<section aria-labelledby="functions-title">
<h2 id="functions-title">Hot functions</h2>
<p class="lead">The ${ROWS} with the most time of their own, and the ${ROWS} with the most including what they call; a heading sorts. Click a name to find it in the flame graph.</p>
<div class="scroll">${sortableTable(
    columns,
    rows.map((hot) => cells(hot, hasCpu)),
    2,
  )}</div>
</section>`;
}

function cells({ frame, category, self, total }: HotFunction, hasCpu: boolean): SortableCell[] {
  const { label, colour } = CATEGORY_STYLE[category];
  const place = [frame.module ?? '', formatPlace(frame.file ?? '', frame.line ?? 0)].filter((part) => part !== '');
  return [
    functionCell(frame.name, [...new Set(place)].join(' · ')),
    { content: html`${swatch(colour)}${label}`, value: label },
    { content: html`${percent(self.share)}`, value: self.share },
    { content: html`${percent(total.share)}`, value: total.share },
    ...(hasCpu ? [self, total].map(({ cpuUsPerRequest }) => cpuCell(cpuUsPerRequest ?? 0)) : []),
    { content: html`${decimal(self.samples, 0)}`, value: self.samples },
  ];
}

function cpuCell(us: number): SortableCell {
  return { content: html`${microseconds(us)}`, value: us };
}
