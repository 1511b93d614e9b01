import { decimal } from '../../report/format.js';
import { formatShare, formatWeight, microseconds } from './format-frame.js';
import type { Matches } from './frame-search.js';
import { changeRow } from './node-details.js';
import type { PageData } from './page-data.js';
import { at, type TreeModel } from './tree-model.js';

/** What a search found, in one line: its share of everything first. */
export function formatMatches({ view }: Pick<PageData, 'view'>, tree: TreeModel, matches: Matches): string {
  if (matches.broken) return 'Not a regular expression';
  if (matches.count === 0) return 'No match';
  const places = `in ${decimal(matches.count, 0)} ${matches.count === 1 ? 'frame' : 'frames'}`;
  const [first, second] = matches.total;
  if (view.kind === 'diff') return `Matched ${changeRow(view, second, first)} ${places}`;
  const perRequest =
    view.usPerRequest === null ? [] : [`${microseconds(first * view.usPerRequest)} of ${view.measure} per request`];
  return [
    `Matched ${formatShare(first, at(tree.total[0], 0))}`,
    formatWeight(second, 'samples'),
    ...perRequest,
    places,
  ].join(' · ');
}
