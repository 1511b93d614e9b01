import { profileSize } from '../../profiles/profile-size.js';
import { ABSENT, decimal, percent, rate } from '../format.js';
import { columns, type Section } from '../section.js';
import { entryTitle } from './entry-title.js';
import type { FlameEntry } from './flame-entry.js';

/** What each profiler costs: throughput and CPU time with it, and in a cell of the same load without. */
export function profilerOverheadSection(entries: readonly FlameEntry[]): Section | null {
  if (entries.length === 0) return null;
  const titles = ['Profile', 'RPS', 'Without', 'Change', 'CPU µs/req', 'Without', 'Change', 'Samples', 'Outcome'];
  return {
    title: 'What the profilers cost',
    lead: [
      'Successes a second, and CPU time of a request by the kernel’s own account, while the profiler ran and without it under the same load. One run each: differences of a few percent are noise.',
      'A gateway that has CPU to spare keeps its rate: what the profiler takes shows in the CPU time alone.',
    ],
    table: {
      columns: columns(titles, 1).map((column) => (column.title === 'Outcome' ? { ...column, align: 'left' } : column)),
      rows: entries.map(({ unprofiled, ...entry }) => {
        const { load } = entry.profile.profile.meta;
        const cpuUs = load?.cpuUsPerRequest ?? null;
        return [
          entryTitle({ ...entry, unprofiled }),
          rate(entry.ratePerSec),
          rate(unprofiled?.ratePerSec ?? null),
          change(entry.ratePerSec, unprofiled?.ratePerSec ?? null),
          microseconds(cpuUs),
          microseconds(unprofiled?.cpuUsPerRequest ?? null),
          change(cpuUs, unprofiled?.cpuUsPerRequest ?? null),
          decimal(profileSize(entry.profile.profile).samples, 0),
          entry.outcomeWords,
        ];
      }),
    },
    notes: [],
  };
}

function microseconds(us: number | null): string {
  return us === null ? ABSENT : decimal(us, us < 100 ? 1 : 0);
}

function change(withIt: number | null, without: number | null): string {
  if (withIt === null || without === null || without <= 0) return ABSENT;
  const share = withIt / without - 1;
  return share < 0 ? `−${percent(-share)}` : `+${percent(share)}`;
}
