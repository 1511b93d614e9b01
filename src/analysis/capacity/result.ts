import type { CapacitySearch, Objective, ObjectiveTerm } from '../../model/capacity.js';
import { gatewayLabel } from '../../model/resolved-gateway.js';
import type { PlannedGateway, Run } from '../../model/run.js';
import type { DerivedCell } from '../derive-run.js';
import { geometricInterval, LEVEL, type MeanInterval, meanInterval } from '../statistics/interval.js';
import { THRESHOLDS } from '../thresholds.js';
import { type Campaign, campaignOf } from './campaign.js';
import type { LevelState, Status } from './level.js';
import type { SearchState } from './search.js';
import { endedOf, levelOf, type WindowPair } from './window.js';

/** What a gateway did at a level, over the windows there. */
export interface CapacityLevel {
  level: number;
  status: Status;
  windows: number;
  /** Of them, those that are invalid. */
  invalid: number;
  /** Of the objective's first latency, or the latency added, and of the gateway's whole latency at that percentile; null without any. */
  latencyUs: { mean: number; interval: MeanInterval | null; whole: number } | null;
  failedShare: number;
  /** Successful requests. */
  ratePerSec: number;
  broken: string | null;
  stalls: number;
  /** `cells/` of the windows. */
  cellIds: string[];
}

/**
 * What a search found: `edge` between a level that passes and one that fails; `none below` where even the lowest level fails; `at least` where the highest
 * passes; `unfinished` where windows ran out; `nothing` where none was measured.
 */
export type CapacityKind = 'edge' | 'none below' | 'at least' | 'unfinished' | 'nothing';

/** A gateway's capacity under one objective. */
export interface Capacity {
  label: string;
  title: string;
  objective: Objective;
  kind: CapacityKind;
  lastPass: CapacityLevel | null;
  firstFail: CapacityLevel | null;
  /** The same, with levels that only seem to pass or to fail: where the edge seems to be while it isn't decided. */
  low: CapacityLevel | null;
  high: CapacityLevel | null;
  /** Ascending, all of them. */
  levels: CapacityLevel[];
  /** How the latency, or the errors, grow between the two; null without both. */
  shape: 'smooth' | 'cliff' | null;
  /** `d ln(latency) / d ln(load)` from one to the other; null without a latency. */
  slope: number | null;
  windows: number;
  replaced: Campaign['replaced'];
  /** Why the search went no further. */
  stopped: string | null;
}

/** Of every gateway of a run that searched; empty for any other run. */
export function capacitiesOf(run: Run, records: readonly DerivedCell[]): Capacity[] {
  const { capacity: search } = run;
  if (search === undefined) return [];
  return searchedGateways(run).flatMap((gateway) => {
    const campaign = campaignOf(search, records, gateway);
    return campaign.searches.map(({ objective, state }) => capacityOf(gateway, search, campaign, objective, state));
  });
}

/** Those whose capacity is asked for, as far as they can run. */
export function searchedGateways({ gateways, capacity }: Pick<Run, 'gateways' | 'capacity'>): PlannedGateway[] {
  return gateways.filter(
    ({ gateway, variant, skip }) =>
      skip === null && capacity?.subjects.includes(gatewayLabel({ name: gateway, variant })) === true,
  );
}

function capacityOf(
  { gateway, variant, title }: PlannedGateway,
  search: CapacitySearch,
  { pairs, replaced, stopped }: Campaign,
  objective: Objective,
  state: SearchState,
): Capacity {
  const levels = state.levels.map((each) => figuresOf(each, pairs, objective));
  const at = (wanted: LevelState | null) => levels.find(({ level }) => level === wanted?.level) ?? null;
  const [lastPass, firstFail] = [at(state.lastPass), at(state.firstFail)];
  const slope = slopeOf(lastPass, firstFail);
  return {
    label: gatewayLabel({ name: gateway, variant }),
    title,
    objective,
    kind: kindOf(state, search),
    lastPass,
    firstFail,
    low: at(state.low),
    high: at(state.high),
    levels,
    shape: shapeOf(lastPass, firstFail, slope),
    slope,
    windows: pairs.length,
    replaced,
    stopped: state.next === null ? null : stopped,
  };
}

function kindOf({ levels, lastPass, firstFail, next }: SearchState, { max }: CapacitySearch): CapacityKind {
  if (levels.length === 0) return 'nothing';
  if (lastPass !== null && firstFail !== null) return next === null ? 'edge' : 'unfinished';
  if (next !== null) return 'unfinished';
  if (lastPass?.level === max) return 'at least';
  return lastPass === null ? 'none below' : 'at least';
}

function figuresOf(
  { level, status, windows, broken, stalls }: LevelState,
  pairs: readonly WindowPair[],
  objective: Objective,
): CapacityLevel {
  const own = pairs.filter(({ record }) => levelOf(record) === level);
  const records = own.map(({ record }) => record);
  const ended = records.map(endedOf);
  const completions = ended.reduce((sum, each) => sum + each.completions, 0);
  const rates = records.flatMap(({ ratePerSec }) => ratePerSec ?? []);
  return {
    level,
    status,
    windows,
    invalid: own.filter(({ record, direct }) => record.outcome.kind === 'invalid' || direct?.outcome.kind === 'invalid')
      .length,
    latencyUs: latencyOf(own, objective.terms),
    failedShare: completions === 0 ? 1 : ended.reduce((sum, each) => sum + each.failed, 0) / completions,
    ratePerSec: rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length),
    broken,
    stalls,
    cellIds: records.map(({ cell }) => cell.id),
  };
}

function latencyOf(pairs: readonly WindowPair[], terms: readonly ObjectiveTerm[]): CapacityLevel['latencyUs'] {
  const term = terms.find(({ metric }) => metric !== 'errors');
  if (term === undefined || term.metric === 'errors') return null;
  const both = pairs.flatMap(({ record, direct }) => {
    const ownUs = record.latencyUs?.[term.percentile];
    const directUs = term.metric === 'added' ? direct?.latencyUs?.[term.percentile] : 0;
    return ownUs === undefined || directUs === undefined ? [] : [{ ownUs, valueUs: ownUs - directUs }];
  });
  if (both.length === 0) return null;
  const values = both.map(({ valueUs }) => valueUs);
  const whole = Math.exp(both.reduce((sum, { ownUs }) => sum + Math.log(ownUs), 0) / both.length);
  // What is added may be below 0.
  const interval = term.metric === 'added' ? meanInterval(values, LEVEL) : geometricInterval(values, LEVEL);
  const mean = interval?.estimate ?? values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, interval: values.length < THRESHOLDS.intervals.minRepeats ? null : interval, whole };
}

/** Of the whole latency: what is added may be 0. */
function slopeOf(lastPass: CapacityLevel | null, firstFail: CapacityLevel | null): number | null {
  const [low, high] = [lastPass?.latencyUs?.whole ?? 0, firstFail?.latencyUs?.whole ?? 0];
  if (lastPass === null || firstFail === null || low <= 0 || high <= 0) return null;
  return Math.log(high / low) / Math.log(firstFail.level / lastPass.level);
}

/**
 * A cliff is where the gateway crashes, stalls or begins to fail requests, or where its latency grows many times faster than the load: a little
 * more, and it is far from its objective.
 */
function shapeOf(
  lastPass: CapacityLevel | null,
  firstFail: CapacityLevel | null,
  slope: number | null,
): Capacity['shape'] {
  if (lastPass === null || firstFail === null) return null;
  if (firstFail.broken !== null || firstFail.stalls > 0) return 'cliff';
  if (firstFail.failedShare - lastPass.failedShare > THRESHOLDS.shape.failedShare) return 'cliff';
  return slope !== null && slope > THRESHOLDS.capacity.cliffSlope ? 'cliff' : 'smooth';
}
