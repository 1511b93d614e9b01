import { expectationsOf } from '../../analysis/expectations.js';
import { failuresOf } from '../../analysis/failures.js';
import { remarksOn } from '../../analysis/format-outcome.js';
import type { GatewaySummary, LevelSummary } from '../../analysis/summary.js';
import { THRESHOLDS } from '../../analysis/thresholds.js';
import type { DerivedReport } from '../derived-report.js';
import { shapeRemark } from '../shape-table.js';
import { atLevels } from './ranking.js';

/** Who broke, where and why. */
export interface Broken {
  /** Crashes, cells that failed, and levels at which many requests failed. */
  broke: string[];
  /** Whether requests fail by design: then those that do are nobody's fault. */
  byDesign: boolean;
  /** Where a gateway stops to scale, and what holds it down. */
  limits: string[];
  /** Gateways that weren't measured. */
  skipped: string[];
}

export function broken({ run, summaries, shaped }: DerivedReport): Broken {
  const { faults, refusal } = expectationsOf(run.scenario);
  const byDesign = faults || refusal;
  return {
    broke: summaries.flatMap((summary) => breakages(summary, byDesign)),
    byDesign,
    limits: shaped.flatMap((curve) => shapeRemark(curve)?.remark ?? []),
    skipped: summaries.flatMap(skips),
  };
}

/** What happened at several levels in the same words is one sentence. @param byDesign whether requests fail by design */
function breakages(summary: GatewaySummary, byDesign: boolean): string[] {
  const levelsByText = new Map<string, number[]>();
  for (const level of summary.levels) {
    for (const text of breakagesAt(level, byDesign))
      levelsByText.set(text, [...(levelsByText.get(text) ?? []), level.vus]);
  }
  return [...levelsByText].map(
    ([text, vus]) => `${summary.title} ${atLevels(vus, summary.levels[0]?.model ?? 'closed')}: ${text}`,
  );
}

function breakagesAt({ records, planned }: LevelSummary, byDesign: boolean): string[] {
  return records.flatMap((record) => {
    const { outcome, requests, cell } = record;
    const failed = requests === null ? null : failuresOf(requests).share;
    const isBroken = outcome.kind === 'crashed' || outcome.kind === 'failed';
    if (!isBroken && (byDesign || (failed ?? 0) < THRESHOLDS.shape.failedShare)) return [];
    const repeat = planned > 1 ? `repeat ${cell.repeat} of ${planned}, ` : '';
    // Why a cell that many requests failed in is invalid stands among the doubts.
    const remarks = remarksOn(isBroken ? record : { ...record, outcome: { kind: 'ok' } });
    return remarks.length === 0 ? [] : [`${repeat}${remarks.join(' ')}`];
  });
}

function skips({ title, levels }: GatewaySummary): string[] {
  const reasons = levels.flatMap(({ records }) =>
    records.filter(({ outcome }) => outcome.kind === 'skipped').flatMap(remarksOn),
  );
  return [...new Set(reasons)].map((reason) => `${title} was ${reason}`);
}
