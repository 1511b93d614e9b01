import type { Frame, Profile, WeightUnit } from '../../../model/profile.js';
import { blankMeta } from '../../blank-meta.js';
import { ProfileBuilder } from '../../profile-builder.js';
import { FormatError } from '../format-error.js';

export interface FoldedOptions {
  title?: string;
  /** What the numbers count; samples where absent. */
  unit?: WeightUnit;
  /** A frame from its text, where the tool has a form of its own. The text is free of escapes. */
  frame?: (text: string) => Frame;
}

/** Suffixes by which stackcollapse-perf.pl marks kernel, just-in-time compiled and inlined code. */
const SUFFIXES: Readonly<Record<string, Frame['kind']>> = { '_[k]': 'kernel', '_[j]': 'javascript', '_[i]': 'inlined' };

/**
 * Read folded stacks: `main;work;read_[k] 12`, root first, one stack a line.
 * `;` and line breaks in a name stand as `%3B`, `%0A` and `%0D`, see `export/folded.ts`.
 * @throws FormatError at the first line that has no number
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
    // Of other units the number of samples isn't known: a line is at least one.
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

/** A frame of which only a name is known, with the kind that its suffix tells. */
export function foldedFrame(text: string): Frame {
  const kind = SUFFIXES[text.slice(-4)];
  const name = kind === undefined ? text : text.slice(0, -4);
  const module = kind === 'kernel' ? '[kernel]' : null;
  return { name, file: null, line: null, module, kind: kind ?? (name.startsWith('[unknown]') ? 'unknown' : 'native') };
}

/** The reverse of the exporter's escape: `%3B` is `;`, and `%253B` is the text `%3B`. */
function withoutEscapes(name: string): string {
  if (!name.includes('%')) return name;
  return name.replace(/%((?:25)*)(3B|0A|0D)/g, (_, levels: string, code: string) =>
    levels === '' ? String.fromCharCode(Number.parseInt(code, 16)) : `%${levels.slice(2)}${code}`,
  );
}
