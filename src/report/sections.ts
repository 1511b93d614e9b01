import { matchClaims } from '../analysis/claims.js';
import { answerOf } from './answer/answer-of.js';
import { capacitySections } from './capacity-sections.js';
import { claimsSection, shapeClaimsSection } from './claims-table.js';
import { answersSection, classSections } from './class-tables.js';
import { costSections } from './cost-sections.js';
import type { DerivedReport } from './derived-report.js';
import { type DifferenceSections, differenceSections, differencesLead } from './difference-sections.js';
import { failureSections } from './failure-sections.js';
import { intervalSection, intervalsLead } from './interval-sections.js';
import { latencyLead, latencySection } from './latency-table.js';
import { openLoopSections } from './open-loop-table.js';
import { pooledSections } from './pooled-sections.js';
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
  /** The run's answer in words: its headline first. */
  answer: string[];
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

export function reportSections(derived: DerivedReport): ReportSections {
  const { run, cells, speed, summaries, comparisons, shaped, spreadOf, flames, claims, damaged, pool } = derived;
  const measured = summaries.filter(({ levels }) =>
    levels.some(({ shown }) => shown !== null && shown.outcome.kind !== 'skipped'),
  );
  const answer = answerOf(derived);
  return {
    title: `${run.scenario.title}: ${pool === null ? run.id : `${pool.parts.length} runs`}`,
    answer: [answer.headline, ...answer.sentences],
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
