import { compareFindings } from '../../profiles/analysis/compare-findings.js';
import { findingsOf } from '../../profiles/analysis/findings.js';
import type { Section } from '../section.js';
import { entryTitle } from './entry-title.js';
import type { FlameEntry } from './flame-entry.js';

/** What the profiles say in words: one section that compares them, and one for each. Warnings are notes. */
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
