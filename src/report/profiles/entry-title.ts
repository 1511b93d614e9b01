import { formatVus } from '../format.js';
import type { FlameEntry } from './flame-entry.js';

/** `Portkey, perf, 50 VUs`: enough to tell the profiles of a run apart. */
export function entryTitle({ profile }: FlameEntry): string {
  const { subject, title, profiler, load } = profile.profile.meta;
  if (subject === null) return title;
  return [subject.title, profiler, load === null ? null : formatVus(load.vus)]
    .filter((word) => word !== null)
    .join(', ');
}
