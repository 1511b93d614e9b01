import { formatDecimal, formatRate, tabulateShare } from '../../lib/format.js';
import type { ProfileMeta } from '../../model/profile.js';
import type { Unprofiled } from '../../profiles/analysis/finding.js';
import { warningsOf } from '../../profiles/analysis/warnings.js';
import { categoryTotals } from '../../profiles/categories/category-table.js';
import { formatSamples } from '../../profiles/format-figures.js';
import { formatWeight } from '../../profiles/format-weight.js';
import { cpuUsPerRequest, profileSize, weightName } from '../../profiles/measures.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';
import { formatChange, microseconds } from '../view/format-frame.js';
import type { KeyFigure } from './elements.js';

/** The most important figures in a line: `1,234 samples, 12.3 s of CPU, 1,000 µs per request`. */
export function profileSummary({ profile }: FlameEntry): string {
  const { meta } = profile.profile;
  const { samples, weight } = profileSize(profile.profile);
  const perRequest = cpuUsPerRequest(weight, meta);
  const amount = formatWeight(weight, meta);
  return [
    formatSamples(samples),
    ...(meta.unit === 'samples' ? [] : [meta.unit === 'nanoseconds' ? `${amount} of ${weightName(meta)}` : amount]),
    ...(perRequest === null ? [] : [`${microseconds(perRequest)} per request`]),
  ].join(', ');
}

/** The key figures: samples, the cost of a request, and the cost of the profiler. */
export function profileFigures({ profile, ratePerSec, unprofiled }: FlameEntry): KeyFigure[] {
  const { meta } = profile.profile;
  const { samples, weight } = profileSize(profile.profile);
  const perRequest = cpuUsPerRequest(weight, meta);
  const unknown = categoryTotals(profile).find(({ category }) => category === 'unknown');
  return [
    {
      label: 'Samples',
      value: formatDecimal(samples, 0),
      note: [
        meta.unit === 'samples' ? '' : formatWeight(weight, meta),
        meta.durationS === null ? '' : `in ${formatDecimal(meta.durationS, 1)} s`,
        meta.lost === null ? '' : `${formatDecimal(meta.lost, 0)} lost`,
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
            note: [`of ${formatDecimal(meta.load?.requests ?? 0, 0)} requests`, ...byKernel(meta)].join('; '),
          },
        ]),
    ...throughput(ratePerSec, unprofiled),
    {
      label: 'Unknown',
      value: tabulateShare(unknown?.share ?? 0),
      note: 'code without a name, or that matches no rule',
    },
  ];
}

/** CPU per request by the kernel's accounting, if measured. */
function byKernel({ load }: ProfileMeta): string[] {
  const us = load?.cpuUsPerRequest ?? null;
  return us === null ? [] : [`${microseconds(us)} by the kernel’s accounting`];
}

/** Throughput with and without the profiler. */
function throughput(profiled: number | null, unprofiled: Unprofiled | null): KeyFigure[] {
  if (profiled === null) return [];
  if (unprofiled === null || unprofiled.ratePerSec <= 0) {
    return [
      { label: 'Requests/s with the profiler', value: formatRate(profiled), note: 'not measured without the profiler' },
    ];
  }
  const { ratePerSec, cpuUsPerRequest } = unprofiled;
  return [
    {
      label: 'Requests/s with the profiler',
      value: formatRate(profiled),
      note: `${formatChange(profiled / ratePerSec - 1, tabulateShare)} compared to without it`,
    },
    {
      label: 'Requests/s without',
      value: formatRate(ratePerSec),
      note: cpuUsPerRequest === null ? '' : `${microseconds(cpuUsPerRequest)} of CPU per request`,
    },
  ];
}

/** Warnings, in sentences, the most serious first. */
export function profileWarnings(entry: FlameEntry): string[] {
  return [
    ...(entry.outcomeWords === 'ok' ? [] : [`The profiled cell failed: ${entry.outcomeWords}.`]),
    ...warningsOf(entry.profile, entry).map(({ text }) => text),
  ];
}
