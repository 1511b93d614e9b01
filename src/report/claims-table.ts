import { type ClaimMatch, claimedSummary } from '../analysis/claims.js';
import { claimTitle, formatClaimedValue, formatFigure } from '../analysis/format-claim.js';
import { shapeEvidence } from '../analysis/format-shape.js';
import { publishedCurve } from '../analysis/published-curves.js';
import { shapeOf } from '../analysis/shape.js';
import type { ShapedCurve } from '../analysis/shaped-curves.js';
import { ABSENT, formatDecimal } from '../lib/format.js';
import { CLAIM_METRICS, type Claim, type ClaimSource, type Claims } from '../model/claims.js';
import type { Run } from '../model/run.js';
import { Footnotes } from './footnotes.js';
import { formatMachine } from './format-machine.js';
import { columns, type Section } from './section.js';
import { marked } from './throughput-table.js';

/**
 * Published and measured figures; null where no claim is about a cell of this run.
 * Cells that were skipped have nothing to compare and are left out.
 */
export function claimsSection(claims: Claims, matches: readonly ClaimMatch[], run: Run): Section | null {
  const shown = matches
    .filter(({ record }) => record !== null && record.outcome.kind !== 'skipped')
    .toSorted(byGatewayMetricVus(matches));
  if (shown.length === 0) return null;
  const footnotes = new Footnotes();
  const rows = shown.map((match) => {
    return [
      marked(match.title, footnotes.mark(match.differences.map((text) => `${match.title}: ${text}.`))),
      claimTitle(match.claim),
      String(match.vus),
      formatClaimedValue(match.claim),
      marked(match.sources.join(', '), footnotes.mark(notesOn(match))),
      measuredCell(match),
      match.ratio === null ? ABSENT : formatDecimal(match.ratio, 2),
    ];
  });
  const sources = [...new Set(shown.flatMap((match) => match.sources))];
  return {
    title: 'Published and measured figures',
    lead: [
      `The hardware differs, so read shapes and orders of magnitude, not percent. ${claims.about.trim()}`,
      `Measured: ${formatMachine(run.machine)}; a mock with ${run.scenario.upstream.latency} latency; a window of ${run.scenario.load.durationS} s after ${run.scenario.load.warmupS} s warm-up.`,
    ],
    table: {
      columns: columns(['Gateway', 'Metric', 'VUs', 'Published', 'Source', 'Measured', 'Measured / published'], 2).map(
        (column) => (column.title === 'Source' ? { ...column, align: 'left' } : column),
      ),
      rows,
    },
    notes: [...footnotes.lines(), ...sources.map((source) => `${source}: ${formatSource(claims.sources[source])}`)],
  };
}

/** Published shapes beside those of this run; null where no gateway of the run has a published one. */
export function shapeClaimsSection(claims: Claims, shaped: readonly ShapedCurve[]): Section | null {
  const rows = claims.shapes.flatMap(({ gateway, shape, source }) => {
    const measured = claimedSummary(
      gateway,
      shaped.map(({ summary }) => summary),
    );
    const own = shaped.find(({ summary }) => summary === measured);
    if (own === undefined) return [];
    const published = publishedCurve(claims, gateway, source);
    const fromFigures = shapeOf(published);
    return [
      [
        own.summary.title,
        shape,
        source,
        fromFigures.name ?? ABSENT,
        own.shape.name ?? ABSENT,
        shapeEvidence(own.shape, own.curve),
      ],
    ];
  });
  if (rows.length === 0) return null;
  return {
    title: 'Published and measured shapes',
    lead: ['The third shape is what the rules of this report make of the published figures.'],
    table: {
      columns: columns(['Gateway', 'Published', 'Source', 'From its figures', 'Measured', 'Seen by'], 6),
      rows,
    },
    notes: [],
  };
}

export function formatSource(source: ClaimSource | undefined): string {
  if (source === undefined) return 'unknown source';
  return [
    source.title,
    source.hardware ?? 'hardware unknown',
    source.upstreamLatencyMs === null ? 'upstream latency unknown' : `upstream ${source.upstreamLatencyMs} ms`,
  ].join('; ');
}

/** Gateways as the matches have them, then metrics as {@link CLAIM_METRICS} has them, then VUs. */
function byGatewayMetricVus(matches: readonly ClaimMatch[]): (a: ClaimMatch, b: ClaimMatch) => number {
  const labels = [...new Set(matches.map(({ label }) => label))].sort();
  const metrics = Object.keys(CLAIM_METRICS);
  const rank = ({ label, claim, vus }: ClaimMatch) => [labels.indexOf(label), metrics.indexOf(claim.metric), vus];
  return (a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
  };
}

function measuredCell({ claim, measured, record }: ClaimMatch): string {
  if (record === null) return ABSENT;
  switch (record.outcome.kind) {
    case 'crashed':
    case 'failed':
    case 'skipped':
      return record.outcome.kind;
    case 'invalid':
      return measured === null ? ABSENT : `(${formatMeasured(claim, measured)})`;
    case 'ok':
      return measured === null ? ABSENT : formatMeasured(claim, measured);
    default:
      return record.outcome satisfies never;
  }
}

function notesOn({ claim }: ClaimMatch): string[] {
  return claim.note === undefined ? [] : [`On the published figure: ${claim.note.replace(/\.$/, '')}.`];
}

function formatMeasured({ metric }: Claim, value: number): string {
  return `${formatFigure(value)} ${CLAIM_METRICS[metric]}`;
}
