import type { Frame, Profile, WeightUnit } from '../../model/profile.js';
import { FormatError } from '../format-error.js';
import { blankMeta, ProfileBuilder } from '../profile-builder.js';
import { type FileStart, type ProfileFormat, single, textOf } from './format.js';

interface FoldedOptions {
  title?: string;
  /** What the numbers count; samples by default. */
  unit?: WeightUnit;
  /** Parses the text of a frame, without escapes; by default a name with a suffix. */
  frame?: (text: string) => Frame;
}

/** How stackcollapse-perf.pl marks kernel, JIT-compiled and inlined code; flamegraph.pl and others colour by it. */
const SUFFIX_OF_KIND: Partial<Record<Frame['kind'], string>> = { kernel: '_[k]', javascript: '_[j]', inlined: '_[i]' };
const KIND_OF_SUFFIX = new Map(Object.entries(SUFFIX_OF_KIND).map(([kind, suffix]) => [suffix, kind as Frame['kind']]));

/**
 * Parses folded stacks: `main;work;read_[k] 12`, root first, one stack per line.
 * `;` and line breaks in names are written `%3B`, `%0A` and `%0D`.
 * @throws FormatError at the first line without a number
 */
export function parseFolded(
  text: string,
  { title = 'folded stacks', unit = 'samples', frame }: FoldedOptions = {},
): Profile {
  const builder = new ProfileBuilder();
  const indices = new Map<string, number>();
  const toFrame = frame ?? foldedFrame;
  const indexOf = (name: string): number => {
    const known = indices.get(name);
    if (known !== undefined) return known;
    const index = builder.frame(toFrame(withoutEscapes(name)));
    indices.set(name, index);
    return index;
  };
  let stacks = 0;
  text.split('\n').forEach((line, at) => {
    if (line === '' || line === '\r') return;
    const { stack, weight } = splitLine(line, at + 1);
    // In other units the number of samples is unknown: count one per line.
    builder.add(stack.split(';').map(indexOf), unit === 'samples' ? Math.round(weight) : 1, weight);
    stacks += 1;
  });
  if (stacks === 0) throw new FormatError('no stacks', { expected: EXPECTED });
  return builder.build(blankMeta({ title, unit, kernel: 'absent' }));
}

const EXPECTED = 'frames with ; between them, a space and a number';

function splitLine(line: string, number: number): { stack: string; weight: number } {
  const [, stack, weight] = /^(.*) (\d+(?:\.\d+)?(?:e[+-]?\d+)?)\r?$/.exec(line) ?? [];
  if (stack === undefined || weight === undefined) {
    throw new FormatError(`not a folded stack: ${JSON.stringify(line.slice(0, 80))}`, {
      line: number,
      expected: EXPECTED,
    });
  }
  return { stack, weight: Number(weight) };
}

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

/** More than this share of a text's lines must look like folded stacks. */
const FOLDED_SHARE = 0.9;
const FOLDED_LINE = /\S \d+(?:\.\d+)?(?:e[+-]?\d+)?\r?$/;

/** Whether these are folded stacks, by this tool or another one: null if not, else the lines that are. */
export function foldedLines(start: FileStart): string[] | null {
  if (start.kind !== 'text') return null;
  const folded = start.lines.filter((line) => FOLDED_LINE.test(line));
  return folded.length > start.lines.length * FOLDED_SHARE ? folded : null;
}

export const foldedFormat: ProfileFormat = {
  name: 'folded',
  title: 'folded stacks',
  kind: 'whole',
  detect: (start) => foldedLines(start) !== null,
  parse: (bytes, title) => single(parseFolded(textOf(bytes), { title })),
  export: { fileName: 'profile.folded', write: exportFolded },
};
