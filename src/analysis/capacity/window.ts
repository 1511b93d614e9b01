import type { Objective, ObjectivePercentile, ObjectiveTerm } from '../../model/capacity.js';
import { completionsOf, failedCount, type Latency } from '../../model/load.js';
import { cellLevel, cellModel } from '../../model/load-level.js';
import type { DerivedCell } from '../derive-run.js';
import { machineReasons } from '../machine-gates.js';
import { THRESHOLDS } from '../thresholds.js';
import type { Window } from './level.js';
import { percentileWithStallsUs } from './stalls.js';

/** The level of a cell's load: what a search varies. */
export function levelOf({ cell }: Pick<DerivedCell, 'cell'>): number {
  return cellLevel(cell);
}

/** A gateway's window with the direct one beside it. */
export interface WindowPair {
  record: DerivedCell;
  /** At the same level and repeat; null where there is none, or it isn't needed. */
  direct: DerivedCell | null;
}

const SHARE_OF: Record<ObjectivePercentile, number> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 };

/** Why a window says nothing of its level and is worth another one; null where it says something. */
export function spoiltReason({ record, direct }: WindowPair, objectives: readonly Objective[]): string | null {
  const own = spoiltCell(record);
  if (own !== null || record.outcome.kind === 'crashed') return own;
  if (!needsDirect(objectives)) return null;
  if (direct === null || direct.latencyUs === null) return 'the direct window beside it has no latency';
  return spoiltCell(direct);
}

/** Whether windows are compared with direct ones. */
export function needsDirect(objectives: readonly Objective[]): boolean {
  return objectives.some(({ terms }) => terms.some(({ metric }) => metric === 'added'));
}

function spoiltCell({ outcome, gates }: DerivedCell): string | null {
  if (outcome.kind === 'failed') return `at ${outcome.stage}: ${outcome.error}`;
  if (outcome.kind === 'skipped') return outcome.reason;
  return outcome.kind === 'invalid' ? (machineReasons(gates)[0] ?? null) : null;
}

/** The window as one objective sees it; null where it has nothing to say of that. */
export function windowOf(pair: WindowPair, objective: Objective): Window | null {
  const { record } = pair;
  const level = levelOf(record);
  const broken = (reason: string): Window => ({ kind: 'broken', level, reason });
  if (record.outcome.kind === 'crashed') return broken(`it crashed: ${record.outcome.reason}`);
  const { requests, latencyUs } = record;
  if (requests === null || record.outcome.kind === 'failed' || record.outcome.kind === 'skipped') return null;
  if (latencyUs === null || requests.ok === 0) return broken('not one request succeeded');
  const errors = objective.terms.find((term) => term.metric === 'errors');
  const excess: number[] = [];
  const overStalls: number[] = [];
  for (const term of objective.terms) {
    if (term.metric === 'errors') continue;
    const baseUs = baseOf(term, pair);
    if (baseUs === null) return null;
    excess.push(Math.log(latencyUs[term.percentile] / (baseUs + term.limitUs)));
    // An open loop's latency counts from when a request was due: no stall can hide from it.
    const stalledUs = cellModel(record.cell) === 'open' ? null : withStallsUs(latencyUs, term.percentile);
    if (stalledUs !== null)
      overStalls.push(Math.log(stalledUs / (baseUs + THRESHOLDS.capacity.stallFactor * term.limitUs)));
  }
  return {
    kind: 'measured',
    level,
    excess: excess.length === 0 ? null : Math.max(...excess, ...overStalls),
    stalled: overStalls.some((over) => over > 0) && excess.every((over) => over <= 0),
    errors: errors === undefined ? null : { ...endedOf(record), limitShare: errors.limitShare },
  };
}

/** Requests that failed, and all that ended or were due: what an open loop never got to send has failed too. */
export function endedOf({ requests, arrivals }: Pick<DerivedCell, 'requests' | 'arrivals'>) {
  if (requests === null) return { failed: 0, completions: 0 };
  const unsent = arrivals?.unsent ?? 0;
  return { failed: failedCount(requests) + unsent, completions: completionsOf(requests) + unsent };
}

/** What of a percentile isn't the gateway's: 0 for a limit on the whole latency. */
function baseOf(term: Exclude<ObjectiveTerm, { metric: 'errors' }>, { direct }: WindowPair): number | null {
  if (term.metric === 'latency') return 0;
  return direct?.latencyUs?.[term.percentile] ?? null;
}

/** Null where the engine has no histogram, or it can't be read. */
function withStallsUs({ histogram, p50 }: Latency, percentile: ObjectivePercentile): number | null {
  if (histogram === null) return null;
  try {
    return percentileWithStallsUs(histogram, SHARE_OF[percentile], p50);
  } catch {
    return null;
  }
}
