import { profileSize } from '../../stacks/profile-size.js';
import { ABSENT, decimal, percent, rate } from '../format.js';
import { columns, type Section } from '../section.js';
import { entryTitle } from './entry-title.js';
import type { FlameEntry } from './flame-entry.js';

/** What each profiler costs: successes a second with it, and in a cell of the same load without. */
export function profilerOverheadSection(entries: readonly FlameEntry[]): Section | null {
  if (entries.length === 0) return null;
  return {
    title: 'What the profilers cost',
    lead: [
      'Successes a second while the profiler ran, and of the same gateway under the same load without it. One run each: differences of a few percent are noise.',
    ],
    table: {
      columns: columns(['Profile', 'With', 'Without', 'Change', 'Samples', 'Outcome'], 1).map((column) =>
        column.title === 'Outcome' ? { ...column, align: 'left' } : column,
      ),
      rows: entries.map((entry) => [
        entryTitle(entry),
        rate(entry.ratePerSec),
        rate(entry.referenceRatePerSec),
        change(entry),
        decimal(profileSize(entry.profile.profile).samples, 0),
        entry.outcomeWords,
      ]),
    },
    notes: [],
  };
}

function change({ ratePerSec, referenceRatePerSec }: FlameEntry): string {
  if (ratePerSec === null || referenceRatePerSec === null || referenceRatePerSec <= 0) return ABSENT;
  const share = ratePerSec / referenceRatePerSec - 1;
  return share < 0 ? `−${percent(-share)}` : `+${percent(share)}`;
}
