import { CATEGORIES, type Category } from '../../model/category.js';
import type { CategorisedProfile } from '../categories/categorised-profile.js';
import { type CategoryTotal, categoryTotals } from '../categories/category-table.js';
import { CATEGORY_WORDS } from '../categories/format-category.js';
import { profileSize } from '../profile-size.js';
import type { Finding, FindingFigure } from './finding.js';
import { formatMicroseconds, formatSamples } from './format-share.js';
import { cpuUsPerRequest } from './per-request.js';

interface Compared {
  title: string;
  us: number;
  samples: number;
  totals: CategoryTotal[];
}

/** A category is worth comparing where it is this much of the dearer gateway's request. */
const SHARE_WORTH_COMPARING = 0.1;
/** Below this factor two gateways spend about the same. */
const FACTOR_WORTH_COMPARING = 3;
/** A category with fewer samples isn't held against another's. */
const FEWEST_SAMPLES = 10;

/**
 * Gateways beside each other: `Portkey spends 940 µs of CPU on a request, Ferro 87 µs.` Only profiles by the same
 * profiler under the same load compare, so there is one set of sentences for each.
 */
export function compareFindings(profiles: readonly CategorisedProfile[]): Finding[] {
  const groups = new Map<string, CategorisedProfile[]>();
  for (const categorised of profiles) {
    const { profiler, load, kind } = categorised.profile.meta;
    if (load === null || kind !== 'cpu') continue;
    const key = `${profiler ?? ''} ${load.vus}`;
    groups.set(key, [...(groups.get(key) ?? []), categorised]);
  }
  return [...groups.values()].flatMap(compareGroup);
}

function compareGroup(group: readonly CategorisedProfile[]): Finding[] {
  const compared = group
    .flatMap((categorised): Compared[] => {
      const { meta } = categorised.profile;
      const size = profileSize(categorised.profile);
      const us = cpuUsPerRequest(size.weight, meta);
      return us === null
        ? []
        : [
            {
              title: meta.subject?.title ?? meta.title,
              us,
              samples: size.samples,
              totals: categoryTotals(categorised),
            },
          ];
    })
    .sort((a, b) => b.us - a.us);
  const [dearest, ...others] = compared;
  if (!dearest || others.length === 0) return [];
  const meta = group[0]?.profile.meta;
  const rest = others.map(({ title, us }) => `${title} ${formatMicroseconds(us)}`).join(', ');
  return [
    {
      kind: 'comparison',
      text: `At ${meta?.load?.vus} VUs, by ${meta?.profiler ?? 'the profiler'}: ${dearest.title} spends ${formatMicroseconds(dearest.us)} of CPU on a request, ${rest}.`,
      figures: compared.map(({ title, us, samples }) => figure(us, `all samples of ${title}`, samples)),
    },
    ...CATEGORIES.flatMap((category) => compareCategory(category, compared)),
  ];
}

const figure = (value: number, from: string, samples: number): FindingFigure => ({
  value,
  unit: 'cpu-us',
  from,
  samples,
});

/** Who spends the most on a category, and who the least, where that is far apart. */
function compareCategory(category: Category, compared: readonly Compared[]): Finding[] {
  if (category === 'unknown' || category === 'kernel-other') return [];
  const costs = compared
    .flatMap(({ title, us, totals }) => {
      const total = totals.find((candidate) => candidate.category === category);
      const cost = total?.cpuUsPerRequest ?? null;
      return total && cost !== null ? [{ title, cost, share: cost / us, samples: total.samples }] : [];
    })
    .sort((a, b) => b.cost - a.cost);
  const most = costs[0];
  const least = costs.at(-1);
  if (!most || !least || most === least || most.samples < FEWEST_SAMPLES || most.share < SHARE_WORTH_COMPARING)
    return [];
  if (most.cost < FACTOR_WORTH_COMPARING * least.cost) return [];
  const few = least.samples < FEWEST_SAMPLES ? ` (by ${formatSamples(least.samples)})` : '';
  const little = least.samples === 0 ? 'none that was seen' : `${formatMicroseconds(least.cost)}${few}`;
  return [
    {
      kind: 'comparison',
      text: `For ${CATEGORY_WORDS[category]}, ${most.title} spends ${formatMicroseconds(most.cost)} a request, ${least.title} ${little}.`,
      figures: [most, least].map(({ title, cost, samples }) =>
        figure(cost, `category ${category} of ${title}`, samples),
      ),
    },
  ];
}
