import type { ProfileMeta } from '../../model/profile.js';
import type { Unprofiled } from '../../profiles/analysis/finding.js';
import { cpuUsPerRequest } from '../../profiles/analysis/per-request.js';
import { categoryTotals } from '../../profiles/categories/category-table.js';
import { profileSize } from '../../profiles/profile-size.js';
import { decimal, percent, rate } from '../../report/format.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';
import { formatChange, formatWeight, microseconds } from '../view/format-frame.js';
import type { KeyFigure } from './facts.js';

/** What a reader wants first: how much work was seen, what a request costs, and what the profiler itself cost. */
export function profileFigures({ profile, ratePerSec, unprofiled }: FlameEntry): KeyFigure[] {
  const { meta } = profile.profile;
  const { samples, weight } = profileSize(profile.profile);
  const perRequest = cpuUsPerRequest(weight, meta);
  const unknown = categoryTotals(profile).find(({ category }) => category === 'unknown');
  return [
    {
      label: 'Samples',
      value: decimal(samples, 0),
      note: [
        meta.unit === 'samples' ? '' : formatWeight(weight, meta.unit),
        meta.durationS === null ? '' : `in ${decimal(meta.durationS, 1)} s`,
        meta.lost === null ? '' : `${decimal(meta.lost, 0)} lost`,
      ]
        .filter((part) => part !== '')
        .join(', '),
    },
    ...(perRequest === null
      ? []
      : [
          {
            label: 'CPU per request',
            value: microseconds(perRequest),
            note: [`of ${decimal(meta.load?.requests ?? 0, 0)} requests`, ...byKernel(meta)].join('; '),
          },
        ]),
    ...throughput(ratePerSec, unprofiled),
    { label: 'Unknown', value: percent(unknown?.share ?? 0), note: 'code that nothing could name, or no rule knows' },
  ];
}

/** The same by the kernel's accounting, where it was measured. */
function byKernel({ load }: ProfileMeta): string[] {
  const us = load?.cpuUsPerRequest ?? null;
  return us === null ? [] : [`${microseconds(us)} by the kernel’s accounting`];
}

/** With and without the profiler: how far the profile is from the measured gateway. */
function throughput(profiled: number | null, unprofiled: Unprofiled | null): KeyFigure[] {
  if (profiled === null) return [];
  if (unprofiled === null || unprofiled.ratePerSec <= 0) {
    return [{ label: 'Requests a second, profiled', value: rate(profiled), note: 'not measured without the profiler' }];
  }
  const { ratePerSec, cpuUsPerRequest } = unprofiled;
  return [
    {
      label: 'Requests a second, profiled',
      value: rate(profiled),
      note: `${formatChange(profiled / ratePerSec - 1, percent)} against without the profiler`,
    },
    {
      label: 'Without the profiler',
      value: rate(ratePerSec),
      note:
        cpuUsPerRequest === null
          ? 'requests a second'
          : `requests a second; ${microseconds(cpuUsPerRequest)} of CPU each`,
    },
  ];
}
