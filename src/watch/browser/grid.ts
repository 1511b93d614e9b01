import { formatLevel, formatSlotP99, formatSlotRate, shownMark } from '../format-run.js';
import type { Grid, GridRow, Mark, MarkKind, Slot } from '../run-view.js';
import { byId, make, unseen } from './elements.js';

/** Different in shape, not in colour alone. */
const MARKS: Record<MarkKind, string> = {
  ok: '✓',
  invalid: '!',
  crashed: '✗',
  failed: '∅',
  skipped: '–',
  running: '▸',
  pending: '·',
};
const LEGEND: [MarkKind, string][] = [
  ['ok', 'ok'],
  ['invalid', 'invalid: measured, not to be trusted'],
  ['crashed', 'crashed under load'],
  ['failed', 'failed: could not be measured'],
  ['skipped', 'skipped'],
  ['running', 'running'],
  ['pending', 'to come'],
];

export function showGrid(grid: Grid): void {
  const [head, body] = [byId('grid').querySelector('thead'), byId('grid').querySelector('tbody')];
  if (head === null || body === null) throw new Error('the page has no table of the plan');
  const most = grid.levels.map((_, at) =>
    Math.max(0, ...grid.rows.map(({ slots }) => shownMark(slots[at] ?? [])?.ratePerSec ?? 0)),
  );
  head.replaceChildren(
    make('tr', {}, [columnHead('gateway'), ...grid.levels.map((level) => columnHead(formatLevel(level)))]),
  );
  body.replaceChildren(...grid.rows.map((row) => rowOf(row, most)));
  const kinds = new Set(grid.rows.flatMap(({ slots }) => slots.flat().map(({ kind }) => kind)));
  byId('legend').replaceChildren(
    ...LEGEND.filter(([kind]) => kinds.has(kind)).map(([kind, text]) =>
      make('span', { className: 'key' }, [
        make('span', { text: MARKS[kind], className: `mark ${kind}` }),
        document.createTextNode(` ${text}`),
      ]),
    ),
  );
}

function rowOf(row: GridRow, most: readonly number[]): HTMLElement {
  const head = make('th', { text: row.label });
  head.setAttribute('scope', 'row');
  head.title = row.title;
  if (row.skipped === null)
    return make('tr', {}, [head, ...row.slots.map((slot, at) => slotCell(slot, most[at] ?? 0))]);
  const reason = make('td', { text: `skipped: ${row.skipped}`, className: 'muted' });
  reason.setAttribute('colspan', String(Math.max(1, row.slots.length)));
  return make('tr', {}, [head, reason]);
}

function columnHead(text: string): HTMLElement {
  const head = make('th', { text });
  head.setAttribute('scope', 'col');
  return head;
}

/** The bar below a rate is as long as its share of the column's largest. */
function slotCell(slot: Slot, most: number): HTMLElement {
  const shown = shownMark(slot);
  const bar = make('span', { className: 'share' });
  bar.style.setProperty('--share', String(most === 0 ? 0 : (shown?.ratePerSec ?? 0) / most));
  return make('td', { className: slot.some(({ kind }) => kind === 'running') ? 'slot now' : 'slot' }, [
    make('strong', { text: formatSlotRate(slot) }),
    make('span', { className: 'marks' }, slot.map(markOf)),
    make('small', { text: formatSlotP99(slot) }),
    bar,
  ]);
}

function markOf({ kind, reason }: Mark): HTMLElement {
  const sign = make('span', { text: MARKS[kind] });
  sign.setAttribute('aria-hidden', 'true');
  const mark = make('span', { className: `mark ${kind}` }, [sign, unseen(`${kind} `)]);
  if (reason !== null) mark.title = `${kind}: ${reason}`;
  return mark;
}
