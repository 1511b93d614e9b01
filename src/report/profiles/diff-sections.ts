import { formatDecimal } from '../../lib/format.js';
import type { DiffMeasure, ProfileDiff } from '../../profiles/analysis/diff.js';
import { CATEGORY_NAMES } from '../../profiles/categories/category-table.js';
import { columns, type Section } from '../section.js';

/** The largest changes; the rest is noise. */
const FUNCTIONS_SHOWN = 15;

/** A diff as tables for the terminal. */
export function diffSections(diff: ProfileDiff): Section[] {
  const { before, after, categories, functions, frames, measure, caveats } = diff;
  const cells = cellsIn(measure);
  const whole = (side: 'before' | 'after') => categories.reduce((sum, each) => sum + each[side], 0);
  const lead = [
    `before: ${before.title}; after: ${after.title}`,
    measure.unit === 'share' ? `In shares of all samples: ${measure.reason}.` : 'In CPU microseconds per request.',
  ];
  const byCategory: Section = {
    title: 'By category',
    lead,
    table: {
      columns: columns(['Category', 'Before', 'After', 'Change'], 1),
      rows: [
        ...categories.map((each) => [CATEGORY_NAMES[each.category], ...cells(each.before, each.after)]),
        ['all', ...cells(whole('before'), whole('after'))],
      ],
    },
    notes: caveats,
  };
  if (diff.treeAbsentReason !== null) {
    return [{ ...byCategory, notes: [...caveats, `Only categories are compared: ${diff.treeAbsentReason}.`] }];
  }
  const byFunction: Section = {
    title: 'Functions whose self time changed most',
    lead: [],
    table: {
      columns: columns(['Function', 'Before', 'After', 'Change'], 1),
      rows: functions
        .slice(0, FUNCTIONS_SHOWN)
        .map((each) => [frames[each.frame]?.name ?? '', ...cells(each.selfBefore, each.selfAfter)]),
    },
    notes: [],
  };
  return [byCategory, byFunction];
}

function cellsIn({ unit }: DiffMeasure): (before: number, after: number) => string[] {
  const format = (value: number) => (unit === 'share' ? `${formatDecimal(value * 100, 1)} %` : formatDecimal(value, 1));
  return (before, after) => {
    const change = after - before;
    return [format(before), format(after), `${change > 0 ? '+' : change < 0 ? '−' : ''}${format(Math.abs(change))}`];
  };
}
