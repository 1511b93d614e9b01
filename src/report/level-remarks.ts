import { remarksOn } from '../analysis/format-outcome.js';
import type { GatewaySummary, LevelSummary } from '../analysis/summary.js';
import { formatLevel } from '../lib/format.js';

/**
 * Everything that a reader must know beside a level's figure: of the record shown, and of every other repeat that could
 * not be used. Skipped cells share one remark; what was observed names its cell.
 */
export function levelRemarks(gateway: GatewaySummary, level: LevelSummary): string[] {
  const missing = level.planned - level.records.length;
  const remarks = level.records.flatMap((record) => {
    if (record !== level.shown && record.outcome.kind === 'ok') return [];
    return remarksOn(record).map((remark) => {
      if (record.outcome.kind === 'skipped') return `${gateway.title} ${remark}`;
      const repeat = level.planned > 1 ? `, repeat ${record.cell.repeat} of ${level.planned}` : '';
      return `${gateway.title} at ${formatLevel(level.vus, level.model)}${repeat}: ${remark}`;
    });
  });
  return [...new Set([...remarks, ...(missing > 0 ? [missingRemark(missing, level)] : [])])];
}

function missingRemark(missing: number, { planned }: LevelSummary): string {
  return planned === 1 ? 'Planned, not measured yet.' : `${missing} of ${planned} repeats not measured yet.`;
}
