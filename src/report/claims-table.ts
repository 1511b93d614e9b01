import type { ClaimMatch } from '../analysis/claims.js';
import type { Claims } from '../model/claims.js';
import type { Run } from '../model/run.js';
import { Footnotes } from './footnotes.js';
import { ABSENT, decimal } from './format.js';
import { machineWords } from './machine-words.js';
import { columns, type Section } from './section.js';
import { marked } from './throughput-table.js';

const METRIC_NAMES: Record<ClaimMatch['claim']['metric'], string> = {
  rps: 'RPS',
  p50: 'p50',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  mean: 'mean latency',
  max: 'max latency',
  memory: 'memory',
  error_rate: 'error rate',
};

/**
 * Published figures beside measured ones; null where no claim is about a cell of this run.
 * Cells that were skipped have nothing to compare and are left out.
 */
export function claimsSection(claims: Claims, matches: readonly ClaimMatch[], run: Run): Section | null {
  const shown = matches
    .filter(({ record }) => record !== null && record.outcome.kind !== 'skipped')
    .toSorted(byGatewayMetricVus(matches));
  if (shown.length === 0) return null;
  const footnotes = new Footnotes();
  const rows = shown.map((match) => {
    const unit = match.claim.unit === 'req/s' ? '' : ` ${unitName(match.claim.unit)}`;
    return [
      match.title,
      METRIC_NAMES[match.claim.metric],
      String(match.claim.vus),
      `${figure(match.claim.value)}${unit}`,
      match.sources.join(', '),
      marked(measuredCell(match, unit), footnotes.mark(remarks(match))),
      match.ratio === null ? ABSENT : decimal(match.ratio, 2),
    ];
  });
  const sources = [...new Set(shown.flatMap((match) => match.sources))];
  return {
    title: 'Published figures beside measured ones',
    lead: [
      `The hardware differs, so read shapes and orders of magnitude, not percent. Published: ${claims.about.trim()}`,
      `Measured: ${machineWords(run.machine)}; a mock with ${run.scenario.upstream.latency} latency; a window of ${run.scenario.load.durationS} s after ${run.scenario.load.warmupS} s warm-up.`,
    ],
    table: {
      columns: columns(['Gateway', 'Metric', 'VUs', 'Published', 'Source', 'Measured', 'Measured / published'], 2).map(
        (column) => (column.title === 'Source' ? { ...column, align: 'left' } : column),
      ),
      rows,
    },
    notes: [
      ...footnotes.lines(),
      ...sources.map((source) => `${source}: ${claims.sources[source] ?? 'unknown source'}`),
    ],
  };
}

/** Gateways as the matches have them, then metrics as {@link METRIC_NAMES} has them, then VUs. */
function byGatewayMetricVus(matches: readonly ClaimMatch[]): (a: ClaimMatch, b: ClaimMatch) => number {
  const labels = [...new Set(matches.map(({ label }) => label))].sort();
  const metrics = Object.keys(METRIC_NAMES);
  const rank = ({ label, claim }: ClaimMatch) => [labels.indexOf(label), metrics.indexOf(claim.metric), claim.vus];
  return (a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
  };
}

function measuredCell({ measured, record }: ClaimMatch, unit: string): string {
  if (record === null) return ABSENT;
  switch (record.outcome.kind) {
    case 'crashed':
    case 'failed':
    case 'skipped':
      return record.outcome.kind;
    case 'invalid':
      return measured === null ? ABSENT : `(${figure(measured)}${unit})`;
    case 'ok':
      return measured === null ? ABSENT : `${figure(measured)}${unit}`;
    default:
      return record.outcome satisfies never;
  }
}

function remarks({ claim, differences }: ClaimMatch): string[] {
  return [
    ...differences.map((text) => `${capital(text)}.`),
    ...(claim.note === undefined ? [] : [`On the published figure: ${claim.note.replace(/\.$/, '')}.`]),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Published "MB" are 1,048,576 bytes: see `matchClaims`. */
function unitName(unit: string): string {
  return unit === 'MB' ? 'MiB' : unit;
}

/** Four significant digits, and whole from 1,000. */
function figure(value: number): string {
  const size = Math.abs(value);
  return decimal(value, size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2);
}
