import { formatLevel, formatSignificant } from '../lib/format.js';
import type { LoadModel } from '../model/load-level.js';
import type { MetricName } from '../model/metric.js';
import type { Run } from '../model/run.js';
import type { Until } from '../model/until.js';
import { intervalLevel } from './interval-level.js';
import { metricNamed } from './metrics.js';
import { tCritical } from './statistics/distributions.js';
import type { MeanInterval } from './statistics/interval.js';
import type { GatewaySummary, LevelSummary } from './summary.js';

/** How far a gateway is at one VU level with one target. */
export interface TargetState {
  label: string;
  vus: number;
  model: LoadModel;
  metric: MetricName;
  targetShare: number;
  /** Half of the interval, the longer side; null without one. */
  halfWidthShare: number | null;
  reached: boolean;
  /**
   * Repeats that will still be needed if they go on varying as they did; null where that can't be said, because too few can
   * be trusted.
   */
  expectedMore: number | null;
}

/** Every target at every level of every gateway that was measured. Without `--until`, none. */
export function targetStates(run: Pick<Run, 'until'>, summaries: readonly GatewaySummary[]): TargetState[] {
  const { until } = run;
  if (until === null) return [];
  const level = intervalLevel(run);
  return summaries.flatMap(({ label, levels }) =>
    levels
      .filter(({ records }) => records.some(({ outcome }) => outcome.kind !== 'skipped'))
      .flatMap((each) => statesOf(label, each, until, level)),
  );
}

function statesOf(
  label: string,
  { vus, model, intervals }: LevelSummary,
  { targets }: Until,
  level: number,
): TargetState[] {
  return targets.map(({ metric, halfWidthShare: targetShare }) => {
    const interval = intervals[metric];
    const base = { label, vus, model, metric, targetShare };
    if (interval === undefined) return { ...base, halfWidthShare: null, reached: false, expectedMore: null };
    const halfWidthShare = interval.high / interval.estimate - 1;
    const reached = halfWidthShare <= targetShare;
    return { ...base, halfWidthShare, reached, expectedMore: reached ? 0 : moreNeeded(interval, targetShare, level) };
  });
}

/** More are no plan. */
const MAX_MORE = 1000;

function moreNeeded({ n, sd }: MeanInterval, targetShare: number, level: number): number {
  const target = Math.log1p(targetShare);
  let more = 1;
  while (more < MAX_MORE && (tCritical(level, n + more - 1) * sd) / Math.sqrt(n + more) > target) more += 1;
  return more;
}

/** Whether another repeat can bring a target nearer: not where no repeat has what it is about. */
export function canBeReached({ metric }: TargetState, { comparable }: LevelSummary): boolean {
  const known = metricNamed(metric);
  return comparable.some((cell) => known.valueOf(cell) !== null);
}

/** `nginx at 50 VUs: rate ± 3.1 %, to be 2 %; about 4 more repeats`. */
export function formatTargetState({
  label,
  vus,
  model,
  metric,
  targetShare,
  halfWidthShare,
  expectedMore,
}: TargetState): string {
  const percent = (share: number) => `${formatSignificant(100 * share, 2)} %`;
  const now = halfWidthShare === null ? 'too few repeats to trust' : `± ${percent(halfWidthShare)}`;
  const more = expectedMore === null ? '' : `; about ${expectedMore} more ${expectedMore === 1 ? 'repeat' : 'repeats'}`;
  return `${label} at ${formatLevel(vus, model)}: ${metric} ${now}, to be ${percent(targetShare)}${more}`;
}
