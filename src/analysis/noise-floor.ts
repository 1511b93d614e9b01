import type { MetricName } from '../model/metric.js';
import { NoiseConditions, type NoiseFloor } from '../model/noise-floor.js';
import type { Run } from '../model/run.js';
import type { FloorOf, LevelComparison } from './comparisons.js';

/** What a run's noise depends on. */
function noiseConditions({ machine, engine, placement, loadPriority, scenario }: Run): NoiseConditions {
  const { hostname, cpuModel, cores, architecture, kernel, virtualisation } = machine;
  return {
    hostname,
    cpuModel,
    cores,
    architecture,
    kernel,
    virtualisation,
    engine: engine.name,
    placement: placement.kind,
    loadPriority: loadPriority.kind,
    scenario: scenario.name,
    upstreamLatency: scenario.upstream.latency,
    stream: scenario.request.stream,
  };
}

/**
 * The noise floor that an A/A run measured: how far from 1 the ratio of its two labels may be, by its interval. That is 0 for
 * no label, however many repeats there are, if the machine treats them differently.
 * @param comparisons of that run, without any floor
 * @returns null if the run is no A/A run, or has too few repeats for any interval
 */
export function noiseFloorOf(run: Run, comparisons: readonly LevelComparison[]): NoiseFloor | null {
  if (run.aa === null) return null;
  const levels = [...new Set(comparisons.map(({ vus }) => vus))].flatMap((vus) => {
    const shares: Partial<Record<MetricName, number>> = {};
    let blocks = 0;
    for (const { metric, pairs } of comparisons.filter((level) => level.vus === vus)) {
      const [pair] = pairs;
      // Of overheads, a share says nothing: both may be next to 0.
      if (pair === undefined || pair.ratio === null || metric === 'overheadP50' || metric === 'overheadP99') continue;
      shares[metric] = Math.max(pair.ratio.high, 1 / pair.ratio.low) - 1;
      blocks = Math.max(blocks, pair.blocks);
    }
    return blocks === 0 ? [] : [{ vus, blocks, shares }];
  });
  if (levels.length === 0) return null;
  return {
    runId: run.id,
    measuredAt: run.endedAt ?? run.createdAt,
    gateway: run.aa.gateway,
    conditions: noiseConditions(run),
    durationS: run.scenario.load.durationS,
    levels,
  };
}

/**
 * What is known of a run's noise: of every gateway that was measured against itself under the same conditions, the largest
 * floor at that VU level. An A/A run is not judged by others.
 */
export function floorFor(run: Run, floors: readonly NoiseFloor[]): FloorOf {
  if (run.aa !== null) return () => null;
  const conditions = noiseConditions(run);
  const fitting = floors.filter(
    (floor) => areSame(floor.conditions, conditions) && floor.durationS <= run.scenario.load.durationS,
  );
  return (metric, vus) => {
    const shares = fitting.flatMap(({ levels }) =>
      levels.filter((level) => level.vus === vus).flatMap((level) => level.shares[metric] ?? []),
    );
    return shares.length === 0 ? null : Math.max(...shares);
  };
}

/** With a new floor in place of an older one of the same gateway, conditions and window. */
export function withFloor(floors: readonly NoiseFloor[], added: NoiseFloor): NoiseFloor[] {
  const isReplaced = ({ gateway, conditions, durationS }: NoiseFloor) =>
    gateway === added.gateway && durationS === added.durationS && areSame(conditions, added.conditions);
  return [...floors.filter((floor) => !isReplaced(floor)), added];
}

function areSame(a: NoiseConditions, b: NoiseConditions): boolean {
  const keys = Object.keys(NoiseConditions.shape) as (keyof NoiseConditions)[];
  return keys.every((key) => a[key] === b[key]);
}
