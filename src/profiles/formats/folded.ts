import type { Frame, Profile } from '../../model/profile.js';
import { foldedLines, withLeafEscapes, withLineEscapes } from './folded-lines.js';
import { type FoldedDialect, FoldedParser } from './folded-parser.js';
import type { ProfileFormat } from './format.js';

/** How stackcollapse-perf.pl marks kernel, JIT-compiled and inlined code; flamegraph.pl and others colour by it. */
const SUFFIX_OF_KIND: Partial<Record<Frame['kind'], string>> = {
  kernel: '_[k]',
  java: '_[j]',
  javascript: '_[j]',
  inlined: '_[i]',
};
const KIND_OF_SUFFIX = new Map(Object.entries(SUFFIX_OF_KIND).map(([kind, suffix]) => [suffix, kind as Frame['kind']]));

/**
 * Folded stacks: `main;work;read_[k] 12`, root first, one stack per line. Weights are samples.
 * `;` and line breaks in names are written `%3B`, `%0A` and `%0D`.
 */
const FOLDED: FoldedDialect = {
  split: (stack) => stack.split(';'),
  part: (text) => ({ frame: foldedFrame(withoutEscapes(text)) }),
  meta: {},
};

/** A frame with nothing but a name, and the kind that its suffix says. */
export function foldedFrame(text: string): Frame {
  const kind = KIND_OF_SUFFIX.get(text.slice(-4));
  const name = kind === undefined ? text : text.slice(0, -4);
  const module = kind === 'kernel' ? '[kernel]' : null;
  return { name, file: null, line: null, module, kind: kind ?? (name.startsWith('[unknown]') ? 'unknown' : 'native') };
}

/** Reverses {@link withEscapes}: `%3B` is `;`, and `%253B` is the text `%3B`. */
function withoutEscapes(name: string): string {
  if (!name.includes('%')) return name;
  return name.replace(/%((?:25)*)(3B|0A|0D)/g, (_, levels: string, code: string) =>
    levels === '' ? String.fromCharCode(Number.parseInt(code, 16)) : `%${levels.slice(2)}${code}`,
  );
}

interface FoldedExportOptions {
  /** The number on a line: the weight in the profile's unit (the default), or samples. */
  value?: 'weight' | 'samples';
}

/**
 * Exports folded stacks, one per line, for flamegraph.pl, speedscope and diff. Stacks with the same names share a line.
 * Lines are sorted by code unit, so a profile always gives the same text.
 */
export function exportFolded(profile: Profile, options: FoldedExportOptions = {}): string {
  return [...foldedChunks(profile, options)].join('');
}

const LINES_PER_CHUNK = 1000;

/** The text of {@link exportFolded} in parts: that of a large profile is larger than all else that is kept of it. */
function* foldedChunks(profile: Profile, { value = 'weight' }: FoldedExportOptions): Generator<string> {
  const names = profile.frames.map(foldedName);
  const leaves = names.map(withLeafEscapes);
  const lines = profile.stacks.map(({ frames }) => {
    const leaf = frames.length - 1;
    return withLineEscapes(frames.map((frame, depth) => (depth === leaf ? leaves : names)[frame] ?? '').join(';'));
  });
  const order = [...lines.keys()].sort((a, b) => byCodeUnit(lines[a] ?? '', lines[b] ?? ''));
  let chunk: string[] = [];
  let total = 0;
  for (const [place, index] of order.entries()) {
    const line = lines[index] ?? '';
    total += profile.stacks[index]?.[value] ?? 0;
    const next = order[place + 1];
    if (next !== undefined && lines[next] === line) continue;
    chunk.push(`${line} ${total}\n`);
    total = 0;
    if (chunk.length < LINES_PER_CHUNK) continue;
    yield chunk.join('');
    chunk = [];
  }
  yield chunk.join('');
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function foldedName({ name, kind }: Frame): string {
  return withEscapes(name) + (SUFFIX_OF_KIND[kind] ?? '');
}

/**
 * Other tools know no escapes, so only what would break the line is escaped: `;` as `%3B`, line breaks as `%0A` or
 * `%0D`. A name that already holds such a code gets another `25` after its `%`.
 */
function withEscapes(name: string): string {
  return name
    .replace(/%((?:25)*(?:3B|0A|0D))/g, '%25$1')
    .replace(/[;\n\r]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

export const foldedFormat: ProfileFormat = {
  name: 'folded',
  title: 'folded stacks',
  kind: 'streamed',
  detect: (start) => foldedLines(start) !== null,
  parser: (title) => new FoldedParser(FOLDED, title),
  export: { fileName: 'profile.folded', write: (profile) => foldedChunks(profile, {}) },
};
