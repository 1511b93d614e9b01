import { ABSENT } from '../../lib/format.js';
import type { Claims } from '../../model/claims.js';
import { compareFindings } from '../../profiles/analysis/compare-findings.js';
import { findingsOf } from '../../profiles/analysis/findings.js';
import { publishedVerdicts, type Verdict } from '../../profiles/analysis/published-profiles.js';
import { formatSource } from '../claims-table.js';
import { columns, type Section } from '../section.js';
import { entryTitle, type FlameEntry } from './flame-entry.js';

/** The profiles' findings: a section that compares them, and one for each. Warnings are notes. */
export function findingSections(entries: readonly FlameEntry[]): Section[] {
  const comparison = compareFindings(entries.map(({ profile }) => profile)).map(({ text }) => text);
  return [
    ...(comparison.length === 0
      ? []
      : [{ title: 'Profiles compared', lead: comparison, table: null, notes: [] } satisfies Section]),
    ...entries.map((entry): Section => {
      const findings = findingsOf(entry.profile, entry);
      return {
        title: `Findings: ${entryTitle(entry)}`,
        lead: findings.filter(({ kind }) => kind !== 'warning').map(({ text }) => text),
        table: null,
        notes: [
          ...findings.filter(({ kind }) => kind === 'warning').map(({ text }) => text),
          ...entry.profile.profile.meta.caveats,
        ],
      };
    }),
  ];
}

const VERDICT_NAMES: Readonly<Record<Verdict, string>> = {
  reproduced: 'reproduced',
  differs: 'differs',
  new: 'new here',
  'not-comparable': 'not comparable',
};

/** Published claims about profiles of these gateways, and what ours say. */
export function publishedProfilesSection(claims: Claims, entries: readonly FlameEntry[]): Section | null {
  if (entries.length === 0) return null;
  const titles = new Map(
    entries.flatMap(({ profile }) => {
      const { subject } = profile.profile.meta;
      return subject === null ? [] : [[subject.label.split(':')[0], subject.title] as const];
    }),
  );
  const verdicts = publishedVerdicts(
    claims.profiles,
    entries.map(({ profile }) => profile),
  );
  return {
    title: 'Published claims about profiles',
    lead: [
      'A share counts as reproduced within a quarter of the published one, or within 2 points if that is more. If it differs by more but is in our 95 % interval, or is based on fewer than 100 samples, it isn’t comparable.',
    ],
    table: {
      columns: columns(['Gateway', 'Published', 'Tool', 'Measured', 'Verdict'], 5),
      rows: verdicts.map(({ published, verdict, results }) => [
        titles.get(published.gateway) ?? published.gateway,
        published.claim,
        published.tool ?? ABSENT,
        [...new Set(results.map(({ found }) => found))].join(' '),
        VERDICT_NAMES[verdict],
      ]),
    },
    notes: [...new Set(claims.profiles.map(({ source }) => source))].map(
      (source) => `${source}: ${formatSource(claims.sources[source])}`,
    ),
  };
}
