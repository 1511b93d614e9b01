import { ABSENT, formatDecimal } from '../../lib/format.js';
import { CATEGORIES } from '../../model/category.js';
import { CATEGORY_NAMES, categoryTotals } from '../../profiles/categories/category-table.js';
import { profileSize } from '../../profiles/measures.js';
import { columns, type Section } from '../section.js';
import type { FlameEntry } from './flame-entry.js';
import { entryTitle } from './flame-entry.js';

/**
 * What CPU time is spent on: a row per category, a column per profile, with the share and the CPU time per request.
 * Empty categories are left out, except unknown.
 */
export function categorySection(entries: readonly FlameEntry[]): Section | null {
  if (entries.length === 0) return null;
  const totals = entries.map(({ profile }) => categoryTotals(profile));
  const rows = CATEGORIES.flatMap((category, index) => {
    const row = totals.map((ofEntry) => ofEntry[index]);
    if (category !== 'unknown' && row.every((total) => !total || total.samples === 0)) return [];
    return [
      [
        CATEGORY_NAMES[category],
        ...row.map((total) =>
          total === undefined || total.samples === 0
            ? '0 %'
            : `${formatDecimal(total.share * 100, 1)} %${total.cpuUsPerRequest === null ? '' : ` (${formatDecimal(total.cpuUsPerRequest, 1)})`}`,
        ),
      ],
    ];
  });
  const whole = totals.map((ofEntry) => {
    const us = ofEntry.reduce((sum, { cpuUsPerRequest }) => sum + (cpuUsPerRequest ?? 0), 0);
    return ofEntry.some(({ cpuUsPerRequest }) => cpuUsPerRequest !== null) ? formatDecimal(us, 1) : ABSENT;
  });
  const byKernel = entries.map(({ profile }) => {
    const us = profile.profile.meta.load?.cpuUsPerRequest ?? null;
    return us === null ? ABSENT : formatDecimal(us, 1);
  });
  const hasRequests = [...whole, ...byKernel].some((cell) => cell !== ABSENT);
  return {
    title: titleOf(entries),
    lead: [
      hasRequests
        ? 'Share of each profile’s samples, and in brackets CPU microseconds per completed request. Compare shares within a profile, and microseconds across gateways.'
        : 'Share of each profile’s weight.',
      'Kernel time counts by what entered the kernel: a futex as locks, a socket as network. The rest counts by the innermost function that matches a rule.',
    ],
    table: {
      columns: columns(['Category', ...entries.map(entryTitle)], 1),
      rows: [
        ...rows,
        ...(hasRequests
          ? [
              ['CPU µs per request', ...whole],
              ['by the kernel’s accounting', ...byKernel],
            ]
          : []),
        ['samples', ...entries.map(({ profile }) => formatDecimal(profileSize(profile.profile).samples, 0))],
      ],
    },
    notes: [],
  };
}

function titleOf(entries: readonly FlameEntry[]): string {
  const kinds = new Set(entries.map(({ profile }) => profile.profile.meta.kind));
  if (kinds.has('other')) return 'Shares by category';
  return kinds.size === 1 && kinds.has('cpu') ? 'What CPU time is spent on' : 'Where the time goes';
}
