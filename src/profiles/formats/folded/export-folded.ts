import type { Frame, Profile } from '../../../model/profile.js';

/** How stackcollapse-perf.pl marks kinds, which flamegraph.pl and others colour by. */
const SUFFIXES: Partial<Record<Frame['kind'], string>> = { kernel: '_[k]', javascript: '_[j]', inlined: '_[i]' };

export interface FoldedExportOptions {
  /** The number of a line: the weight in the profile's unit, or samples. */
  value?: 'weight' | 'samples';
}

/**
 * Folded stacks, one a line, `main;work;read_[k] 12`, for flamegraph.pl, speedscope and diff. Stacks of the same names
 * are one line; lines are sorted by code unit, so that the same profile always gives the same text. Empty for no stacks.
 */
export function exportFolded(profile: Profile, { value = 'weight' }: FoldedExportOptions = {}): string {
  const names = profile.frames.map(foldedName);
  const values = new Map<string, number>();
  for (const stack of profile.stacks) {
    const line = stack.frames.map((index) => names[index] ?? '').join(';');
    values.set(line, (values.get(line) ?? 0) + stack[value]);
  }
  return [...values]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([line, total]) => `${line} ${total}\n`)
    .join('');
}

function foldedName({ name, kind }: Frame): string {
  return withEscapes(name) + (SUFFIXES[kind] ?? '');
}

/**
 * Other tools know no escape, so names stay as they are but for what would break the line: `;` becomes `%3B`, a line
 * break `%0A` or `%0D`, and a name that holds such a code already gets another `25` after its `%`.
 */
function withEscapes(name: string): string {
  return name
    .replace(/%((?:25)*(?:3B|0A|0D))/g, '%25$1')
    .replace(/[;\n\r]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
