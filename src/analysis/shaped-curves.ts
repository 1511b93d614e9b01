import { cellLevel } from '../model/load-level.js';
import type { Run } from '../model/run.js';
import { type ScalingCurve, scalingCurve } from './scaling-curve.js';
import { type Shape, shapeOf } from './shape.js';
import { type Limit, limitOf } from './shape-limit.js';
import type { GatewaySummary } from './summary.js';
import { fitUsl, type UslFit } from './usl.js';

/** A gateway's curve with all that is derived from it. */
export interface ShapedCurve {
  summary: GatewaySummary;
  curve: ScalingCurve;
  shape: Shape;
  limit: Limit;
  /** Null with too few levels. */
  usl: UslFit | null;
}

/** Shapes of all gateways of a run with at least two VU levels; none of an open loop, whose rate is given. */
export function shapedCurves(run: Run, summaries: readonly GatewaySummary[]): ShapedCurve[] {
  if (run.scenario.load.model === 'open') return [];
  return summaries
    .filter(
      ({ levels }) =>
        levels.length > 1 && levels.some(({ shown }) => shown !== null && shown.outcome.kind !== 'skipped'),
    )
    .map((summary) => {
      const curve = scalingCurve(run, summary, summaries);
      const shape = shapeOf(curve);
      const trusted = summary.levels.flatMap(({ records }) => records.filter(({ outcome }) => outcome.kind === 'ok'));
      const points = trusted.map(({ cell, ratePerSec }) => ({ vus: cellLevel(cell), ratePerSec: ratePerSec ?? 0 }));
      return { summary, curve, shape, limit: limitOf(shape, curve), usl: fitUsl(points) };
    });
}
