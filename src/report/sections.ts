import type { Capacity } from '../analysis/capacity/result.js';
import { matchClaims } from '../analysis/claims.js';
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
import { capacitySections } from './capacity-sections.js';
import { claimsSection, shapeClaimsSection } from './claims-table.js';
import { answersSection, classSections } from './class-tables.js';
import { costSections } from './cost-sections.js';
import { type DifferenceSections, differenceSections, differencesLead } from './difference-sections.js';
import { failureSections } from './failure-sections.js';
import { intervalSection, intervalsLead, type SpreadOf } from './interval-sections.js';
import { latencyLead, latencySection } from './latency-table.js';
import { openLoopSections } from './open-loop-table.js';
import { type PooledRuns, pooledSections } from './pooled-sections.js';
import type { FlameEntry } from './profiles/flame-entry.js';
import { flameSections } from './profiles/flame-sections.js';
import { runSection, versionsSection } from './run-sections.js';
import type { Section } from './section.js';
import { shapeSections } from './shape-table.js';
import { soakSections } from './soak-sections.js';
import { stagesSections } from './stages-table.js';
import { streamSections } from './stream-sections.js';
import { throughputSection } from './throughput-table.js';
import { validitySection } from './validity-table.js';

/** Every table of a report, the same for Markdown and the terminal. */
export interface ReportSections {
  title: string;
  /** Of a report of several runs: which these are, and what differs among them; else empty. */
  runs: Section[];
  run: Section;
  versions: Section;
  /** What a search found; empty in any other run. */
  capacity: Section[];
  throughput: Section;
  /** Empty for a closed loop. */
  openLoop: Section[];
  /** Empty for a load without stages. */
  stages: Section[];
  /** Empty where no gateway has two VU levels. */
  shapes: Section[];
  /** Above the tables of latency. */
  latencyLead: string[];
  /** One per gateway, unless all its cells were skipped. */
  latency: Section[];
  /** One per gateway whose requests have classes. */
  classes: Section[];
  /** What answers got wrong; null where it wasn't looked at. */
  answers: Section | null;
  /** When frames came; empty where nothing was streamed. */
  streams: Section[];
  /** Which gateway is faster, and how sure that is; empty without repeats. */
  differencesLead: string[];
  differences: DifferenceSections[];
  intervalsLead: string[];
  /** One per gateway that has any. */
  intervals: Section[];
  /** What long windows did to memory and latency; empty without any. */
  soak: Section[];
  /** What requests cost, and what gateways take without any; empty without a gateway. */
  cost: Section[];
  /** What became of requests where the upstream fails, or keys are wrong; empty in other scenarios. */
  failures: Section[];
  claims: Section | null;
  shapeClaims: Section | null;
  /** Empty in a run without profiled cells. */
  flame: Section[];
  validity: Section;
}

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

export function reportSections(derived: DerivedReport): ReportSections {
  const { run, cells, speed, summaries, comparisons, shaped, spreadOf, flames, claims, damaged, pool } = derived;
  const measured = summaries.filter(({ levels }) =>
    levels.some(({ shown }) => shown !== null && shown.outcome.kind !== 'skipped'),
  );
  return {
    title: `${run.scenario.title}: ${pool === null ? run.id : `${pool.parts.length} runs`}`,
    runs: pool === null ? [] : pooledSections(pool, summaries),
    run: runSection(run, cells, speed, damaged, pool?.parts.length ?? 1),
    versions: versionsSection(summaries),
    capacity: capacitySections(derived.capacities, run.capacity),
    throughput: throughputSection(summaries, run.machine, shaped),
    openLoop: openLoopSections(summaries),
    stages: stagesSections(summaries),
    shapes: shapeSections(shaped),
    latencyLead: latencyLead(run.machine),
    latency: measured.map(latencySection),
    classes: classSections(measured, cells),
    answers: answersSection(measured),
    streams: streamSections(derived.streams, run.scenario),
    differencesLead: comparisons.length === 0 ? [] : differencesLead(run, comparisons),
    differences: differenceSections(comparisons, summaries),
    intervalsLead: intervalsLead(run, summaries),
    intervals: measured.flatMap((summary) => intervalSection(summary, spreadOf) ?? []),
    soak: soakSections(derived.soaks),
    cost: costSections(derived.costs, derived.prices),
    failures: failureSections(summaries, run.scenario),
    claims: claims === null ? null : claimsSection(claims, matchClaims(claims, summaries, run.scenario), run),
    shapeClaims: claims === null ? null : shapeClaimsSection(claims, shaped),
    flame: flameSections(run, cells, flames, claims),
    validity: validitySection(cells, damaged),
  };
}
