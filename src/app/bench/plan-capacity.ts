import { formatCapacityLevel } from '../../analysis/capacity/format-capacity.js';
import { UsageError } from '../../lib/errors.js';
import type { CapacitySearch, Objective } from '../../model/capacity.js';
import type { Cell } from '../../model/cell.js';
import { loadLevels, mostConnections } from '../../model/load-level.js';
import { gatewayLabel, type ResolvedGateway } from '../../model/resolved-gateway.js';
import type { PlannedGateway, Run } from '../../model/run.js';
import { nextWindows } from '../../plan/next-windows.js';

/** A search as it was asked for. */
export interface CapacityRequest extends Omit<CapacitySearch, 'subjects' | 'direct' | 'unit' | 'from'> {
  /** Where it begins; the scenario's lowest VU count where it is undefined. */
  from: number | undefined;
}

/** Add the gateway that is none, where limits are on what a gateway adds to it. */
export function withDirect(
  requested: readonly ResolvedGateway[],
  variants: readonly ResolvedGateway[],
  capacity: CapacityRequest | undefined,
): ResolvedGateway[] {
  if (capacity === undefined || !isCompared(capacity.objectives) || requested.some(isDirect)) return [...requested];
  return [...variants.filter(isDirect), ...requested];
}

/** Everything of a search that is not in the request. @throws UsageError where it has nothing to search, or nowhere to begin */
export function resolveCapacity(
  { from: begin, ...request }: CapacityRequest,
  gateways: readonly PlannedGateway[],
  resolved: readonly ResolvedGateway[],
  { load }: Run['scenario'],
): CapacitySearch {
  const labels = gateways.map(({ gateway, variant }) => gatewayLabel({ name: gateway, variant }));
  const directLabels = new Set(resolved.filter(isDirect).map(gatewayLabel));
  const compared = isCompared(request.objectives);
  const subjects = labels.filter((label) => !(compared && directLabels.has(label)));
  if (subjects.length === 0) {
    throw new UsageError(
      'a limit on what is added needs a gateway that adds it: direct is none',
      'name a gateway, such as --gateways nginx, or give an objective such as p99<=100ms',
    );
  }
  const from = begin ?? Math.min(...loadLevels(load));
  const unit = load.model === 'open' ? 'ratePerSec' : 'vus';
  if (from > request.max) {
    throw new UsageError(
      `the search begins at ${formatCapacityLevel(from, unit)} and is to end at ${formatCapacityLevel(request.max, unit)}`,
      'give a smaller --from, or a larger --max',
    );
  }
  const direct = compared ? (labels.find((label) => directLabels.has(label)) ?? null) : null;
  return { ...request, unit, from, subjects, direct };
}

/** The most connections that a run makes at once. @param max of its search, if it has one */
export function connectionsOf({ load }: Run['scenario'], max: number | undefined): number {
  return max === undefined || load.model === 'open' ? mostConnections(load) : max;
}

/** The windows of the first round. */
export function firstWindows(run: Pick<Run, 'scenario' | 'gateways' | 'seed'>, capacity: CapacitySearch): Cell[] {
  return nextWindows({ ...run, capacity, cells: [] }, []).cells;
}

function isCompared(objectives: readonly Objective[]): boolean {
  return objectives.some(({ terms }) => terms.some(({ metric }) => metric === 'added'));
}

function isDirect({ kind }: ResolvedGateway): boolean {
  return kind === 'direct';
}
