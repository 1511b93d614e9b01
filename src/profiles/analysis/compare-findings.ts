import { formatMicroseconds } from '../../lib/format.js';
import { CATEGORIES, type Category } from '../../model/category.js';
import type { CategorisedProfile } from '../categories/categorise.js';
import { CATEGORY_NAMES, type CategoryTotal, categoryTotals } from '../categories/category-table.js';
import { formatSamples } from '../format-figures.js';
import { cpuUsPerRequest, profileSize } from '../measures.js';
import type { Finding, FindingFigure } from './finding.js';

interface Compared {
  title: string;
  us: number;
  samples: number;
  totals: CategoryTotal[];
}

/** A category is compared if it takes this share of the more expensive gateway's CPU time. */
const MIN_SHARE = 0.1;
/** Below this factor two gateways count as about equal. */
const MIN_FACTOR = 3;
/** A category with fewer samples isn't compared. */
const MIN_SAMPLES = 10;

/**
 * Compares gateways: `Portkey uses 940 µs of CPU per request, Ferro 87 µs.` Only profiles by the same profiler under the
 * same load are comparable, so there is one set of sentences for each.
 */
export function compareFindings(profiles: readonly CategorisedProfile[]): Finding[] {
  const groups = new Map<string, CategorisedProfile[]>();
  for (const categorised of profiles) {
    const { profiler, load } = categorised.profile.meta;
    if (load === null) continue;
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
  const [mostExpensive, ...others] = compared;
  if (!mostExpensive || others.length === 0) return [];
  const meta = group[0]?.profile.meta;
  const rest = others.map(({ title, us }) => `${title} ${formatMicroseconds(us)}`).join(', ');
  return [
    {
      kind: 'comparison',
      text: `At ${meta?.load?.vus} VUs, by ${meta?.profiler ?? 'the profiler'}: ${mostExpensive.title} uses ${formatMicroseconds(mostExpensive.us)} of CPU per request, ${rest}.`,
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

/** Who spends most on a category and who least, if they are far apart. */
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
  if (!most || !least || most === least || most.samples < MIN_SAMPLES || most.share < MIN_SHARE) return [];
  if (most.cost < MIN_FACTOR * least.cost) return [];
  const few = least.samples < MIN_SAMPLES ? ` (by ${formatSamples(least.samples)})` : '';
  const little = least.samples === 0 ? 'none in any sample' : `${formatMicroseconds(least.cost)}${few}`;
  return [
    {
      kind: 'comparison',
      text: `For ${CATEGORY_NAMES[category]}, ${most.title} uses ${formatMicroseconds(most.cost)} of CPU per request, ${least.title} ${little}.`,
      figures: [most, least].map(({ title, cost, samples }) =>
        figure(cost, `category ${category} of ${title}`, samples),
      ),
    },
  ];
}
