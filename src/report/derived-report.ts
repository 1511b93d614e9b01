import type { Capacity } from '../analysis/capacity/result.js';
import type { LevelComparison } from '../analysis/comparisons.js';
import type { GatewayCost } from '../analysis/cost.js';
import type { DerivedCell } from '../analysis/derive-run.js';
import type { RunSpeed } from '../analysis/machine-speed.js';
import type { ShapedCurve } from '../analysis/shaped-curves.js';
import type { Soak } from '../analysis/soak/soak.js';
import type { GatewayStreams } from '../analysis/streams.js';
import type { GatewaySummary } from '../analysis/summary.js';
import type { Claims } from '../model/claims.js';
import type { Prices } from '../model/prices.js';
import type { DamagedRecord } from '../model/record.js';
import type { Run } from '../model/run.js';
import type { SpreadOf } from './interval-sections.js';
import type { PooledRuns } from './pooled-sections.js';
import type { FlameEntry } from './profiles/flame-entry.js';

/** A run, and all that was derived from its records. */
export interface DerivedReport {
  run: Run;
  /** In the plan's order, profiled ones too. */
  cells: readonly DerivedCell[];
  speed: RunSpeed;
  /** Without profiled cells, as are comparisons and curves. */
  summaries: readonly GatewaySummary[];
  comparisons: readonly LevelComparison[];
  shaped: readonly ShapedCurve[];
  spreadOf: SpreadOf;
  streams: readonly GatewayStreams[];
  costs: readonly GatewayCost[];
  capacities: readonly Capacity[];
  soaks: readonly Soak[];
  prices: Prices;
  flames: readonly FlameEntry[];
  claims: Claims | null;
  damaged: readonly DamagedRecord[];
  /** Null for one run. */
  pool: PooledRuns | null;
}
