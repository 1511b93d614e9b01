import { formatVus } from '../../lib/format.js';
import type { Unprofiled } from '../../profiles/analysis/finding.js';
import type { CategorisedProfile } from '../../profiles/categories/categorise.js';
import { escapeMarkdown } from '../markdown-section.js';

/** A profiled cell, for reports. */
export interface FlameEntry {
  cellId: string;
  profile: CategorisedProfile;
  /** The same gateway under the same load without a profiler; null if it wasn't measured. */
  unprofiled: Unprofiled | null;
  /** Successes per second with the profiler; null without a load by gatebench. */
  ratePerSec: number | null;
  /** `ok`, or what went wrong, as in the run's report. */
  outcomeWords: string;
}

/** `Portkey, perf, 50 VUs`, which identifies a profile in a run. */
export function entryTitle({ profile }: FlameEntry): string {
  const { subject, title, profiler, load } = profile.profile.meta;
  if (subject === null) return title;
  return [subject.title, profiler, load === null ? null : formatVus(load.vus)]
    .filter((word) => word !== null)
    .join(', ');
}

/** The folder of a profiled cell's pages, below `report/`. */
export function flameFolder(cellId: string): string {
  return `flame/${cellId}`;
}

/** Markdown for the static picture, linked to the interactive page. */
export function flamePicture({ cellId, profile }: FlameEntry): string {
  const title = escapeMarkdown(profile.profile.meta.title);
  const folder = encodeURI(flameFolder(cellId));
  return `### ${title}\n\n[![Flame graph: ${title}](${folder}/flame.svg)](${folder}/flame.html)`;
}
