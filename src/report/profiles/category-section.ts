import { CATEGORIES } from '../../model/category.js';
import { categoryTotals } from '../../profiles/categories/category-table.js';
import { CATEGORY_WORDS } from '../../profiles/categories/format-category.js';
import { profileSize } from '../../profiles/profile-size.js';
import { ABSENT, decimal } from '../format.js';
import { columns, type Section } from '../section.js';
import { entryTitle } from './entry-title.js';
import type { FlameEntry } from './flame-entry.js';

/**
 * What each profile's CPU time is spent on, side by side: a row a category, a column a profile, in each cell the share
 * and the CPU time per request. Categories that nobody spends anything on are left out, unknown never is.
 */
export function categorySection(entries: readonly FlameEntry[]): Section | null {
  if (entries.length === 0) return null;
  const totals = entries.map(({ profile }) => categoryTotals(profile));
  const rows = CATEGORIES.flatMap((category, index) => {
    const row = totals.map((ofEntry) => ofEntry[index]);
    if (category !== 'unknown' && row.every((total) => !total || total.samples === 0)) return [];
    return [
      [
        CATEGORY_WORDS[category],
        ...row.map((total) =>
          total === undefined || total.samples === 0
            ? '0 %'
            : `${decimal(total.share * 100, 1)} %${total.cpuUsPerRequest === null ? '' : ` (${decimal(total.cpuUsPerRequest, 1)})`}`,
        ),
      ],
    ];
  });
  const whole = totals.map((ofEntry) => {
    const us = ofEntry.reduce((sum, { cpuUsPerRequest }) => sum + (cpuUsPerRequest ?? 0), 0);
    return ofEntry.some(({ cpuUsPerRequest }) => cpuUsPerRequest !== null) ? decimal(us, 1) : ABSENT;
  });
  return {
    title: entries.every(({ profile }) => profile.profile.meta.kind === 'cpu')
      ? 'What CPU time is spent on'
      : 'Where the time goes',
    lead: [
      'Share of the samples of each profile, and in brackets CPU microseconds per completed request. Shares compare within a profile, microseconds across gateways.',
      'Kernel time counts by what entered the kernel: a futex as locks, a socket as network. The rest counts by the nearest known function to the leaf.',
    ],
    table: {
      columns: columns(['Category', ...entries.map(entryTitle)], 1),
      rows: [
        ...rows,
        ['CPU µs per request', ...whole],
        [
          'by the kernel’s accounting',
          ...entries.map(({ profile }) => {
            const us = profile.profile.meta.load?.cpuUsPerRequest ?? null;
            return us === null ? ABSENT : decimal(us, 1);
          }),
        ],
        ['samples', ...entries.map(({ profile }) => decimal(profileSize(profile.profile).samples, 0))],
      ],
    },
    notes: [],
  };
}
