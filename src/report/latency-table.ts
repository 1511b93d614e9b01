import type { DerivedCell } from '../analysis/derive-run.js';
import { failuresOf } from '../analysis/failures.js';
import { samplesNeeded } from '../analysis/percentile-samples.js';
import type { GatewaySummary, LevelSummary } from '../analysis/summary.js';
import { ABSENT, formatDecimal, tabulateMebibytes, tabulateShare } from '../lib/format.js';
import { levelTitle } from '../model/load-level.js';
import type { Machine } from '../model/run.js';
import { Footnotes } from './footnotes.js';
import { machineRemark } from './format-machine.js';
import { overheadCell, PERCENTILES, percentileCell } from './latency-cells.js';
import { levelRemarks } from './level-remarks.js';
import { columns, type Section } from './section.js';
import { marked, nameAndVersion, rateCell } from './throughput-table.js';

const HEAD = [
  'RPS',
  'p50',
  'p95',
  'p99',
  'p99.9',
  '+p50',
  '+p99',
  'CPU %',
  'CPU µs/req',
  'RSS MiB',
  'PSS MiB',
  'Errors',
];

/** Said once above the tables of all gateways. */
export function latencyLead(machine: Machine): string[] {
  return [machineRemark(machine), ...LATENCY_LEAD];
}

const LATENCY_LEAD = [
  'Latency of successful requests in milliseconds, percentiles by nearest rank; of several repeats, those of the one with the median rate. +p50 and +p99 are the overhead: the gateway minus the direct run ' +
    'at the same load and repeat. 100 % CPU is one core; CPU, RSS and PSS cover the whole process tree; RSS and PSS are the largest readings.',
  `~ marks a percentile with too few samples for a margin of a twentieth of its tail at 99 % confidence (needed: p95 ${formatDecimal(samplesNeeded(0.95), 0)}, ` +
    `p99 ${formatDecimal(samplesNeeded(0.99), 0)}, p99.9 ${formatDecimal(samplesNeeded(0.999), 0)}).`,
];

/** One gateway's VU levels with all that was measured in them. */
export function latencySection(summary: GatewaySummary): Section {
  const footnotes = new Footnotes();
  const rows = summary.levels.map((level) => [
    String(level.vus),
    marked(rateCell(level), footnotes.mark(levelRemarks(summary, level))),
    ...figures(level, footnotes),
  ]);
  return {
    title: nameAndVersion(summary),
    lead: [],
    table: { columns: columns([levelTitle(summary.levels[0]?.model ?? 'closed'), ...HEAD], 0), rows },
    notes: footnotes.lines(),
  };
}

function figures({ shown }: LevelSummary, footnotes: Footnotes): string[] {
  if (shown === null || shown.outcome.kind === 'skipped') return new Array<string>(HEAD.length - 1).fill(ABSENT);
  const { gateway } = shown.resources;
  return [
    ...percentiles(shown, footnotes),
    overheadCell(shown.overheadUs?.p50 ?? null),
    overheadCell(shown.overheadUs?.p99 ?? null),
    whole(gateway?.cpuPercentMean ?? null),
    whole(gateway?.cpuUsPerRequest ?? null),
    tabulateMebibytes(gateway?.rssBytesMax ?? null),
    tabulateMebibytes(gateway?.pssBytesMax ?? null),
    errors(shown),
  ];
}

/** A dash says why, where it was the engine that could not tell. */
function percentiles({ latencyUs, absent, engine }: DerivedCell, footnotes: Footnotes): string[] {
  const reason = absent.latencyUs;
  const why = reason === undefined ? [] : [`Not reported by ${engine.name}: latency of successes (${reason}).`];
  if (latencyUs === null) return PERCENTILES.map(() => marked(ABSENT, footnotes.mark(why)));
  return PERCENTILES.map((percentile) => percentileCell(latencyUs, percentile));
}

function whole(value: number | null): string {
  return value === null ? ABSENT : formatDecimal(value, value < 10 ? 1 : 0);
}

function errors({ requests }: DerivedCell): string {
  if (requests === null) return ABSENT;
  const { count, share } = failuresOf(requests);
  return count === 0 ? '0' : `${formatDecimal(count, 0)} (${tabulateShare(share)})`;
}
