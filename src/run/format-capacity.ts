import { formatCapacityLevel, formatEdge } from '../analysis/capacity/format-capacity.js';
import type { CapacitySearch } from '../model/capacity.js';
import type { NextWindows } from '../plan/next-windows.js';

/** Where each gateway's search stands, what it measures next, and how many windows that may still take. */
export function capacityNote(search: CapacitySearch, { searches }: NextWindows): string {
  const lines = searches.flatMap(({ label, campaign }) => {
    const where = campaign.searches.map(({ objective, state }) => {
      const which = search.objectives.length === 1 ? '' : `${objective.text}: `;
      return `${which}${formatEdge(state, search)}`;
    });
    const next =
      campaign.next === null
        ? (campaign.stopped ?? 'done')
        : `next ${formatCapacityLevel(campaign.next, search.unit)}, at most about ${campaign.left} ${campaign.left === 1 ? 'window' : 'windows'} left`;
    const [first = '', ...rest] = where;
    return rest.length === 0
      ? [`  ${label}: ${first}; ${next}`]
      : [`  ${label}: ${next}`, ...where.map((line) => `    ${line}`)];
  });
  return ['search:', ...lines].join('\n');
}
