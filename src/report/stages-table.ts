import type { DerivedCell } from '../analysis/derive-run.js';
import { type Recovery, recoveries } from '../analysis/recovery.js';
import type { GatewaySummary } from '../analysis/summary.js';
import { ABSENT, formatDecimal, formatMilliseconds, formatRate, tabulateMilliseconds } from '../lib/format.js';
import type { StageOfLoad } from '../model/load.js';
import { cellModel, levelTitle } from '../model/load-level.js';
import { columns, type Section } from './section.js';
import { nameAndVersion } from './throughput-table.js';

/** The stages of each gateway's load, and how it recovered from spikes; empty where the load has none. */
export function stagesSections(summaries: readonly GatewaySummary[]): Section[] {
  const staged = summaries.flatMap((summary) =>
    summary.levels.flatMap(({ shown }) =>
      shown?.stages === undefined ? [] : [{ summary, shown, stages: shown.stages }],
    ),
  );
  const [first] = staged;
  if (first === undefined) return [];
  const rows = staged.flatMap(({ summary, shown, stages }) => {
    const found = recoveries(shown);
    return stages.map((stage, at) => [
      at === 0 ? nameAndVersion(summary) : '',
      `${stage.atS}–${stage.atS + stage.durationS}`,
      formatLevel(stage),
      formatRate(stage.ok / stage.durationS),
      formatDecimal(stage.failed, 0),
      stage.latencyUs === null ? ABSENT : tabulateMilliseconds(stage.latencyUs.p50),
      stage.latencyUs === null ? ABSENT : tabulateMilliseconds(stage.latencyUs.p99),
      formatRecovery(found.find((each) => each.stage === at)),
    ]);
  });
  return [
    {
      title: 'Stages',
      lead: [
        'What ended in each stage; latency of successes in milliseconds. Recovery: seconds from a spike’s end until p99 is at most 10 % above that of the stage before the spike ' +
          '(of a second, and the median of it and the two after it). Of several repeats, the one with the median rate.',
      ],
      table: {
        columns: columns(
          [
            'Gateway',
            'Seconds',
            levelTitle(cellModel(first.shown.cell)),
            'RPS',
            'Errors',
            'p50',
            'p99',
            'Recovery (s)',
          ],
          1,
        ),
        rows,
      },
      notes: staged.flatMap(({ summary, shown }) => recoveryNotes(summary, shown)),
    },
  ];
}

/** `200`, `200 → 1000`. */
function formatLevel({ from, to }: StageOfLoad): string {
  return from === to ? String(to) : `${from} → ${to}`;
}

function formatRecovery(recovery: Recovery | undefined): string {
  if (recovery === undefined) return '';
  if (recovery.unfit !== null) return ABSENT;
  return recovery.recoveryS === null ? `more than ${recovery.watchedS}` : String(recovery.recoveryS);
}

const UNFIT = {
  behind: 'fewer than 90 % of the requests that were due ended before it',
  failing: 'over 1 % of the requests failed before it',
} as const;

function recoveryNotes({ title }: GatewaySummary, shown: DerivedCell): string[] {
  return recoveries(shown).map(
    (recovery) => `${title}, spike until second ${recovery.fromS}: ${recoveryText(recovery)}.`,
  );
}

function recoveryText({ beforeP99Us, unfit, recoveryS, watchedS }: Recovery): string {
  if (unfit !== null) return `${UNFIT[unfit]}, so there is nothing to be back at`;
  const back = recoveryS === null ? `not back within ${watchedS} s` : `back after ${recoveryS} s`;
  return `p99 was ${formatMilliseconds(beforeP99Us)} before it, and was ${back}`;
}
