import { escapeMarkdown } from '../markdown-section.js';
import type { FlameEntry } from './flame-entry.js';

/** Where a profiled cell's pages are, below `report/`. */
export function flameFolder(cellId: string): string {
  return `flame/${cellId}`;
}

/** The static picture in Markdown, which leads to the interactive page beside it. */
export function flamePicture({ cellId, profile }: FlameEntry): string {
  const title = escapeMarkdown(profile.profile.meta.title);
  const folder = encodeURI(flameFolder(cellId));
  return `### ${title}\n\n[![Flame graph: ${title}](${folder}/flame.svg)](${folder}/flame.html)`;
}
