import {
  type ClaimVerdict,
  countVerdicts,
  judgeClaims,
  VERDICT_WORDS,
  type VerdictKind,
} from '../../analysis/claim-verdicts.js';
import { claimHeading, formatClaimedValue } from '../../analysis/format-claim.js';
import { judgeShapes, type ShapeVerdict } from '../../analysis/shape-verdicts.js';
import type { Claims } from '../../model/claims.js';
import type { DerivedReport } from '../derived-report.js';
import { Footnotes } from '../footnotes.js';
import { columns, type Section } from '../section.js';
import { marked } from '../throughput-table.js';

/** Published figures and shapes that this run can judge, each with its verdict. */
export interface ClaimVerdicts {
  /** Those that weren't reproduced. */
  doubtful: Section;
  /** Null where none was. */
  reproduced: Section | null;
}

/** Null where the run can judge no claim. */
export function claimVerdicts({ run, summaries, costs, claims }: DerivedReport): ClaimVerdicts | null {
  if (claims === null) return null;
  const footprints = costs.flatMap(({ footprint }) => footprint ?? []);
  const measured = [{ run, summaries: [...summaries], footprints }];
  const figures = judgeClaims(claims, measured).filter(({ measured: found }) => found !== null);
  const shapes = judgeShapes(claims, measured).filter(({ measured: found }) => found !== null);
  if (figures.length === 0 && shapes.length === 0) return null;
  const titles = new Map(summaries.map(({ planned, title }) => [planned.gateway, title]));
  const judged = { figures, shapes, titles, claims };
  const isReproduced = ({ verdict }: { verdict: VerdictKind }) => verdict === 'reproduced';
  const count = [...figures, ...shapes].filter(isReproduced).length;
  return {
    doubtful: {
      ...verdictsSection(judged, (each) => !isReproduced(each)),
      title: 'Published claims',
      lead: [
        `${countVerdicts([...figures, ...shapes])}. Versions and machines differ nearly everywhere, so order and magnitude are the test; a figure is reproduced within the bounds of docs/methodology.md.`,
      ],
    },
    reproduced: count === 0 ? null : { ...verdictsSection(judged, isReproduced), title: `Reproduced: ${count}` },
  };
}

interface Judged {
  figures: readonly ClaimVerdict[];
  shapes: readonly ShapeVerdict[];
  /** Of gateways, by name. */
  titles: ReadonlyMap<string, string>;
  claims: Claims;
}

function verdictsSection(
  { figures, shapes, titles, claims }: Judged,
  isWanted: (each: { verdict: VerdictKind }) => boolean,
): Section {
  const footnotes = new Footnotes();
  const titleOf = (gateway: string) => titles.get(gateway) ?? gateway;
  const [wanted, wantedShapes] = [figures.filter(isWanted), shapes.filter(isWanted)];
  const rows = [
    ...wanted.map((each) => figureRow(each, titleOf(each.claim.gateway), footnotes)),
    ...wantedShapes.map(({ published, verdict, sentence }) => [
      titleOf(published.gateway),
      'shape of the curve',
      published.shape,
      published.source,
      VERDICT_WORDS[verdict],
      sentence,
    ]),
  ].sort(([a = ''], [b = '']) => a.localeCompare(b, 'en'));
  const sources = wantedShapes.map(({ published }) => published.source);
  return {
    title: '',
    lead: [],
    table:
      rows.length === 0
        ? null
        : { columns: columns(['Gateway', 'Claim', 'Published', 'Source', 'Verdict', 'Found'], 6), rows },
    notes: [...footnotes.lines(), ...sourceNotes(wanted, sources, claims)],
  };
}

function figureRow({ claim, verdict, sentence, conditions }: ClaimVerdict, title: string, footnotes: Footnotes) {
  return [
    title,
    claimHeading(claim),
    marked(formatClaimedValue(claim), footnotes.mark(claim.note === undefined ? [] : [`${claim.note}.`])),
    claim.source,
    VERDICT_WORDS[verdict],
    marked(sentence, footnotes.mark(conditions.map((condition) => `${condition}.`))),
  ];
}

function sourceNotes(figures: readonly ClaimVerdict[], shapes: readonly string[], { sources }: Claims): string[] {
  return [...new Set([...figures.map(({ claim }) => claim.source), ...shapes])].map((name) => {
    const source = sources[name];
    return source === undefined ? name : `${name}: ${source.title}; ${source.hardware ?? 'hardware not said'}.`;
  });
}
