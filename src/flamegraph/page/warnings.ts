import { warningsOf } from '../../profiles/analysis/profile-warnings.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';

/** What makes a profile less than it seems, in sentences; the gravest first. */
export function profileWarnings(entry: FlameEntry): string[] {
  return [
    ...(entry.outcomeWords === 'ok' ? [] : [`The cell that was profiled didn’t end well: ${entry.outcomeWords}.`]),
    ...warningsOf(entry.profile, entry).map(({ text }) => text),
  ];
}
