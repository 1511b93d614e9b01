import type { CapacitySearch, Objective } from '../../model/capacity.js';
import type { DerivedCell } from '../derive-run.js';
import { THRESHOLDS } from '../thresholds.js';
import { gapOf, isBracketed, type SearchState, searchState, windowsLeft } from './search.js';
import { levelOf, needsDirect, spoiltReason, type WindowPair, windowOf } from './window.js';

/** One gateway's search, for all objectives. */
export interface Campaign {
  /** Of each objective, in their order. */
  searches: { objective: Objective; state: SearchState }[];
  /** The level to measure next; null where all searches have ended, or there are windows enough. */
  next: number | null;
  /** Windows that count, in the order of time. */
  pairs: WindowPair[];
  /** Windows that don't, each with the reason. */
  replaced: { cellId: string; reason: string }[];
  /** Windows that may still be needed, at most. */
  left: number;
  /** Why a search that hasn't ended goes no further. */
  stopped: string | null;
}

/**
 * Where a gateway's search stands after these records. Pure: `--resume` and reports get from records what the run went by.
 * @param records of the run, in any order, with the direct cells
 * @param subject whose search it is
 */
export function campaignOf(
  search: CapacitySearch,
  records: readonly DerivedCell[],
  subject: { gateway: string; variant: string },
): Campaign {
  const own = records
    .filter(({ cell }) => cell.gateway === subject.gateway && cell.variant === subject.variant)
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  const all = own.map((record) => ({ record, direct: directOf(record, search, records) }));
  const { pairs, replaced, hopeless } = countedWindows(all, search);
  const searches = search.objectives.map((objective) => {
    const windows = pairs.flatMap((pair) => windowOf(pair, objective) ?? []);
    return { objective, state: searchState(windows, search) };
  });
  const open = searches.filter(({ state }) => state.next !== null);
  const mayMeasure = search.maxWindows - pairs.length;
  const expected = open.reduce((sum, { state }) => sum + windowsLeft(state, search), 0);
  const stopped =
    open.length === 0 ? null : (hopeless ?? (mayMeasure <= 0 ? `it has had its ${search.maxWindows} windows` : null));
  return {
    searches,
    next:
      stopped === null
        ? nextLevel(
            open.map(({ state }) => state),
            search,
          )
        : null,
    pairs,
    replaced,
    left: stopped === null ? Math.min(mayMeasure, expected) : 0,
    stopped,
  };
}

/**
 * Whose turn it is, should windows run out: first each limit gets two sides, the widest first, so that none is known much worse than another. Then
 * the limit with the highest edge is decided, then the next one: the lower a limit, the more windows it takes to tell, since few VUs have few
 * requests and it is small against the noise. In simulations, 40 windows decided 3.6 of five limits this way, on average; the widest first always, 2.6.
 */
function nextLevel(open: readonly SearchState[], search: CapacitySearch): number | null {
  const [widest] = open
    .filter((state) => !isBracketed(state, search))
    .toSorted((a, b) => gapOf(b, search) - gapOf(a, search));
  const [highest] = open.toSorted((a, b) => (b.low?.level ?? 0) - (a.low?.level ?? 0));
  return (widest ?? highest)?.next ?? null;
}

/** The direct cell of the same level and repeat. */
function directOf(
  { cell }: DerivedCell,
  { objectives }: CapacitySearch,
  records: readonly DerivedCell[],
): DerivedCell | null {
  if (!needsDirect(objectives)) return null;
  const level = levelOf({ cell });
  return (
    records.find(
      (other) => other.gateway.kind === 'direct' && levelOf(other) === level && other.cell.repeat === cell.repeat,
    ) ?? null
  );
}

/** Windows of a gateway that are measured again, at most. */
export function mayReplace(maxWindows: number): number {
  const { maxReplaced, maxReplacedShare } = THRESHOLDS.capacity;
  return Math.max(maxReplaced, Math.floor(maxReplacedShare * maxWindows));
}

/** Part windows that count from those that are measured again; there is an end to that. */
function countedWindows(all: readonly WindowPair[], { objectives, maxWindows }: CapacitySearch) {
  const maxReplaced = mayReplace(maxWindows);
  const pairs: WindowPair[] = [];
  const replaced: Campaign['replaced'] = [];
  let hopeless: string | null = null;
  for (const pair of all) {
    const reason = spoiltReason(pair, objectives);
    const isMeasured = objectives.some((objective) => windowOf(pair, objective) !== null);
    if (reason === null ? isMeasured : isMeasured && replaced.length >= maxReplaced) pairs.push(pair);
    else if (replaced.length >= maxReplaced)
      hopeless = `${maxReplaced + 1} windows could not be measured, the last because ${reason}`;
    else replaced.push({ cellId: pair.record.cell.id, reason: reason ?? 'it has no latency' });
  }
  return { pairs, replaced, hopeless };
}
