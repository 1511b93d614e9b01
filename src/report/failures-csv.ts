import { stringify } from 'csv-stringify/sync';
import type { DerivedCell } from '../analysis/derive-run.js';
import { faultEffects } from '../analysis/fault-effects.js';
import type { Scenario } from '../model/scenario.js';

const COLUMNS = ['cell_id', 'gateway', 'variant', 'vus', 'repeat', 'fault', 'metric', 'unit', 'value'];

/**
 * `failures.csv`: what became of requests while the upstream failed by design, one row per cell, timed fault and metric,
 * unrounded; an empty value is unknown, or "never". Null for a scenario without faults.
 */
export function failuresCsv(cells: readonly DerivedCell[], scenario: Scenario): string | null {
  const rows = cells.flatMap((record) => {
    const effects = faultEffects(record, scenario);
    if (effects === null) return [];
    const { id, gateway, variant, vus, repeat } = record.cell;
    const about = { cell_id: id, gateway, variant, vus, repeat };
    const kinds = Object.entries(record.mock?.faults ?? {});
    return [
      ...kinds.map(([kind, value]) => ({ ...about, fault: kind, metric: 'injected', unit: 'requests', value })),
      { ...about, metric: 'injected_share', unit: 'ratio', value: effects.injectedShare },
      { ...about, metric: 'upstream_requests_per_request', unit: 'ratio', value: effects.upstreamPerRequest },
      { ...about, metric: 'second_upstream_share', unit: 'ratio', value: effects.secondShare },
      ...effects.recoveries.flatMap((recovery) => {
        const of = { ...about, fault: recovery.fault };
        return [
          { ...of, metric: 'lost', unit: 'requests', value: recovery.lost },
          { ...of, metric: 'good_again', unit: 's', value: recovery.goodAgainS },
          { ...of, metric: 'good_after_end', unit: 's', value: recovery.goodAfterEndS },
          { ...of, metric: 'p50_before', unit: 'µs', value: recovery.p50BeforeUs },
          { ...of, metric: 'p50_meanwhile', unit: 'µs', value: recovery.p50MeanwhileUs },
          { ...of, metric: 'worst_p99', unit: 'µs', value: recovery.worstP99Us },
        ];
      }),
    ];
  });
  return rows.length === 0 ? null : stringify(rows, { header: true, columns: COLUMNS });
}
