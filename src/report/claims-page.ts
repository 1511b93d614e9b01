import { findConflicts } from '../analysis/claim-conflicts.js';
import { lackingFor } from '../analysis/claim-verdicts.js';
import { closedLoadOf } from '../analysis/claims.js';
import { claimHeading, formatClaimedValue } from '../analysis/format-claim.js';
import { formatVus } from '../lib/format.js';
import type { Claim, Claims } from '../model/claims.js';
import { markdownSection } from './markdown-section.js';
import { columns, type Section } from './section.js';
import { conflictsSection } from './verdict-sections.js';

/** `docs/claims.md`: every claim, how it can be measured, what contradicts what, and the sources. */
export function claimsPage(claims: Claims): string {
  return `${[
    '<!-- Written by `npm run claims` from results/published/*.json: change it there. -->',
    '# Published claims',
    'What vendors and others have published about AI gateways, kept as data in [results/published](../results/published/README.md). ' +
      '`gatebench verify` puts measured figures beside it and gives every claim a verdict; `gatebench verify --plan` writes the scenarios that ' +
      'measure what one machine can, and `make verify` runs them. [How verdicts are reached](methodology.md#published-claims).',
    ...publishersOf(claims).map((publisher) => markdownSection(publisherSection(publisher, claims), 2)),
    markdownSection(conflictsSection(findConflicts(claims), claims), 2),
    markdownSection(sourcesSection(claims), 2),
  ].join('\n\n')}\n`;
}

function publishersOf({ sources }: Claims): string[] {
  return [...new Set(Object.values(sources).map(({ publisher }) => publisher))];
}

function publisherSection(publisher: string, claims: Claims): Section {
  const own = (source: string) => claims.sources[source]?.publisher === publisher;
  const figures = claims.claims
    .filter(({ source }) => own(source))
    .map((claim) => [
      claim.gateway,
      claim.version,
      claimHeading(claim),
      formatClaimedValue(claim),
      claim.source,
      howToMeasure(claims, claim),
      claim.note ?? '',
    ]);
  const shapes = claims.shapes
    .filter(({ source }) => own(source))
    .map(({ gateway, shape, source }) => [gateway, '', 'shape', shape, source, 'closed loop at several VUs', '']);
  const profiles = claims.profiles
    .filter(({ source }) => own(source))
    .map(({ gateway, claim, source }) => [gateway, '', 'profile', claim, source, '`gatebench flame`', '']);
  const titles = ['Gateway', 'Version', 'Claim', 'Published', 'Source', 'Can be measured by', 'Note'];
  return {
    title: publisher,
    lead: [],
    table: { columns: columns(titles, titles.length), rows: [...figures, ...shapes, ...profiles] },
    notes: [],
  };
}

function howToMeasure(claims: Claims, claim: Claim): string {
  if (claim.needs !== undefined) return `not on one machine: needs ${claim.needs}`;
  if (claim.metric === 'cold_start') return '`gatebench footprint`';
  const load = closedLoadOf(claims, claim);
  const lacking = lackingFor(claims, claim);
  if (load === null || lacking !== null) return lacking ?? '';
  return `${formatVus(load.vus)}, upstream ${load.upstreamLatencyMs} ms${load.stream ? ', streaming' : ''}`;
}

function sourcesSection({ sources }: Claims): Section {
  return {
    title: 'Sources',
    lead: [
      'Checked: the figures were compared with a stored copy of the source. Not reached: they were taken over from notes of others.',
    ],
    table: {
      columns: columns(['Source', 'What it is', 'Date', 'Hardware', 'Upstream', 'Payload', 'Method', 'Checked'], 8),
      rows: Object.entries(sources).map(([name, source]) => [
        name,
        `${source.title}: ${source.url}`,
        source.date ?? 'not said',
        source.hardware ?? 'not said',
        source.upstreamLatencyMs === null ? 'not said' : `${source.upstreamLatencyMs} ms`,
        source.payload ?? 'not said',
        source.method,
        source.checked.kind === 'stored-copy'
          ? `checked: ${source.checked.of}`
          : `not reached: ${source.checked.reason}`,
      ]),
    },
    notes: [],
  };
}
