import type { ClaimConflict } from '../analysis/claim-conflicts.js';
import { type ClaimVerdict, countVerdicts, VERDICT_WORDS, type VerdictKind } from '../analysis/claim-verdicts.js';
import { claimHeading, claimTitle, formatClaimedValue } from '../analysis/format-claim.js';
import type { ShapeVerdict } from '../analysis/shape-verdicts.js';
import type { Claims, PublishedProfile } from '../model/claims.js';
import type { Run } from '../model/run.js';
import { Footnotes } from './footnotes.js';
import { formatMachine } from './format-machine.js';
import { columns, type Section } from './section.js';
import { marked } from './throughput-table.js';

/** A verdict on a published sentence about a profile. */
export interface ProfileVerdict {
  published: PublishedProfile;
  verdict: VerdictKind;
  sentence: string;
}

/** What `verify` found. */
export interface Verdicts {
  claims: ClaimVerdict[];
  shapes: ShapeVerdict[];
  profiles: ProfileVerdict[];
  conflicts: ClaimConflict[];
}

/** Every verdict with its sentence, then what contradicts what. @param runs that were measured, newest first */
export function verdictSections(verdicts: Verdicts, claims: Claims, runs: readonly Run[]): Section[] {
  return [
    summarySection(verdicts, runs),
    figuresSection(verdicts.claims),
    statementsSection(verdicts),
    conflictsSection(verdicts.conflicts, claims),
  ];
}

function summarySection({ claims, shapes, profiles }: Verdicts, runs: readonly Run[]): Section {
  const machines = [...new Set(runs.map(({ machine }) => formatMachine(machine)))];
  return {
    title: 'Verdicts',
    lead: [
      `${claims.length} published figures: ${countVerdicts(claims)}. ${shapes.length} shapes: ${countVerdicts(shapes)}. ${profiles.length} statements about profiles: ${countVerdicts(profiles)}.`,
      runs.length === 0
        ? 'No run was given and none was found, so nothing is measured.'
        : `Measured in ${runs.map(({ id }) => id).join(', ')}, on ${machines.join('; ')}.`,
      'Versions and machines differ nearly everywhere: order and magnitude are the test.',
    ],
    table: null,
    notes: [],
  };
}

function figuresSection(verdicts: readonly ClaimVerdict[]): Section {
  const footnotes = new Footnotes();
  const rows = verdicts.map(({ claim, verdict, sentence, conditions }) => [
    claim.gateway,
    claimHeading(claim),
    marked(formatClaimedValue(claim), footnotes.mark(claim.note === undefined ? [] : [`${claim.note}.`])),
    claim.source,
    VERDICT_WORDS[verdict],
    marked(sentence, footnotes.mark(conditions.map((condition) => `${condition}.`))),
  ]);
  return {
    title: 'Figures',
    lead: [],
    table: { columns: columns(['Gateway', 'Claim', 'Published', 'Source', 'Verdict', 'Found'], 6), rows },
    notes: footnotes.lines(),
  };
}

function statementsSection({ shapes, profiles }: Verdicts): Section {
  return {
    title: 'Shapes and profiles',
    lead: [],
    table: {
      columns: columns(['Gateway', 'Claim', 'Source', 'Verdict', 'Found'], 5),
      rows: [
        ...shapes.map(({ published, verdict, sentence }) => [
          published.gateway,
          published.shape,
          published.source,
          VERDICT_WORDS[verdict],
          sentence,
        ]),
        ...profiles.map(({ published, verdict, sentence }) => [
          published.gateway,
          published.claim,
          published.source,
          VERDICT_WORDS[verdict],
          sentence,
        ]),
      ],
    },
    notes: [],
  };
}

/** The same for `verify` and for docs/claims.md. */
export function conflictsSection(conflicts: readonly ClaimConflict[], claims: Claims): Section {
  const rows = conflicts
    .toSorted((a, b) => Number(b.own) - Number(a.own))
    .map(({ claims: [a, b], own, because }) => {
      const publishers = [a, b].map(({ source }) => claims.sources[source]?.publisher ?? source);
      return [
        a.gateway,
        claimTitle(a) === claimTitle(b) ? claimTitle(a) : `${claimTitle(a)}, ${claimTitle(b)}`,
        own ? `${publishers[0]}, both` : publishers.join(' and '),
        because,
      ];
    });
  return {
    title: 'Published figures that contradict each other',
    lead: [
      'Found by comparing all claims: one figure published twice with more than 1.5 times between; nothing answered at some VUs and much at more; ' +
        'three times the added latency at no more load; and a bound said in general that one connection misses by half. Machines, versions and configurations differ, so a conflict of two publishers is a question and not an answer.',
    ],
    table: { columns: columns(['Gateway', 'Figure', 'Published by', 'Says'], 4), rows },
    notes: [],
  };
}
