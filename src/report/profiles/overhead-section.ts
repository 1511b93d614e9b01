import { ABSENT, formatDecimal, formatRate, tabulateShare } from '../../lib/format.js';
import { profileSize } from '../../profiles/measures.js';
import { columns, type Section } from '../section.js';
import type { FlameEntry } from './flame-entry.js';
import { entryTitle } from './flame-entry.js';

/** What each profiler costs: throughput and CPU time with it, and in a cell with the same load without it. */
export function profilerOverheadSection(entries: readonly FlameEntry[]): Section | null {
  if (entries.length === 0) return null;
  const titles = ['Profile', 'RPS', 'Without', 'Change', 'CPU µs/req', 'Without', 'Change', 'Samples', 'Outcome'];
  return {
    title: 'What the profilers cost',
    lead: [
      'Successes per second, and CPU time per request by the kernel’s accounting, with the profiler and without it under the same load. One run each: differences of a few percent are noise.',
      'With CPU to spare a gateway keeps its rate, and the profiler’s cost shows only in CPU time.',
    ],
    table: {
      columns: columns(titles, 1).map((column) => (column.title === 'Outcome' ? { ...column, align: 'left' } : column)),
      rows: entries.map(({ unprofiled, ...entry }) => {
        const { load } = entry.profile.profile.meta;
        const cpuUs = load?.cpuUsPerRequest ?? null;
        return [
          entryTitle({ ...entry, unprofiled }),
          formatRate(entry.ratePerSec),
          formatRate(unprofiled?.ratePerSec ?? null),
          change(entry.ratePerSec, unprofiled?.ratePerSec ?? null),
          microseconds(cpuUs),
          microseconds(unprofiled?.cpuUsPerRequest ?? null),
          change(cpuUs, unprofiled?.cpuUsPerRequest ?? null),
          formatDecimal(profileSize(entry.profile.profile).samples, 0),
          entry.outcomeWords,
        ];
      }),
    },
    notes: [],
  };
}

function microseconds(us: number | null): string {
  return us === null ? ABSENT : formatDecimal(us, us < 100 ? 1 : 0);
}

function change(withIt: number | null, without: number | null): string {
  if (withIt === null || without === null || without <= 0) return ABSENT;
  const share = withIt / without - 1;
  return share < 0 ? `−${tabulateShare(-share)}` : `+${tabulateShare(share)}`;
}
