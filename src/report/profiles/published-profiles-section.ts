import type { Claims } from '../../model/claims.js';
import type { Verdict } from '../../profiles/analysis/profile-check.js';
import { publishedVerdicts } from '../../profiles/analysis/published-profiles.js';
import { ABSENT } from '../format.js';
import { columns, type Section } from '../section.js';
import type { FlameEntry } from './flame-entry.js';

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  reproduced: 'reproduced',
  differs: 'differs',
  'not-comparable': 'not comparable',
};

/** What others published on profiles of these gateways, beside what ours say. */
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
    title: 'Published sentences on profiles',
    lead: [
      'A share counts as reproduced within a quarter of the published one, or within 2 points where that is more; what differs by more but lies in our own 95 % interval, or rests on fewer than 100 samples, can’t be compared.',
    ],
    table: {
      columns: columns(['Gateway', 'Published', 'Tool', 'Found here', 'Verdict'], 5),
      rows: verdicts.map(({ published, verdict, results }) => [
        titles.get(published.gateway) ?? published.gateway,
        published.claim,
        published.tool ?? ABSENT,
        [...new Set(results.map(({ found }) => found))].join(' '),
        VERDICT_WORDS[verdict],
      ]),
    },
    notes: [...new Set(claims.profiles.map(({ source }) => source))].map(
      (source) => `${source}: ${claims.sources[source] ?? 'unknown source'}`,
    ),
  };
}
