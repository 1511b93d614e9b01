import { FormatError } from '../format-error.js';
import type { FileStart } from './format.js';

const EXPECTED = 'frames with ; between them, a space and a number';

/** A number as flamegraph.pl reads it, and as JavaScript writes large ones. */
const NUMBER = /^\d+(?:\.\d*)?(?:e[+-]?\d+)?$/;

/** Greater numbers aren't exact: 2^53. */
const MAX_NUMBER = Number.MAX_SAFE_INTEGER;

/** A stack and its numbers. */
export interface FoldedLine {
  /** Frames with `;` between them, root first. */
  stack: string;
  weight: number;
  /** The first of two numbers, which difffolded.pl writes: `stack before after`. Null where there is one. */
  before: number | null;
}

/** How many lines decide whether a file has two numbers on each line. */
const LINES_FOR_COLUMNS = 10_000;

/**
 * Reads lines of folded stacks, as stackcollapse-*.pl, inferno, async-profiler, py-spy and rbspy write them. Empty lines
 * and comments (`# …`) are passed over; lines without a number are counted and left out.
 *
 * A file has two numbers on each line (a differential file) if all of its first lines end in two numbers; in any other
 * file the first of two numbers is part of a name.
 */
export class FoldedLines {
  #rest = '';
  #lineNumber = 0;
  #understood = 0;
  #misfits = 0;
  #firstMisfit: { line: number; text: string } | null = null;
  /** Lines so far, while each ends in two numbers. */
  #undecided: string[] | null = [];
  #hasTwo = false;

  readonly #onLine: (line: FoldedLine) => void;

  /** @param onLine called for each line, in order */
  constructor(onLine: (line: FoldedLine) => void) {
    this.#onLine = onLine;
  }

  /** @throws FormatError */
  feed(chunk: string): void {
    let from = 0;
    for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
      const piece = chunk.slice(from, at);
      this.#read(this.#rest === '' ? piece : this.#rest + piece);
      this.#rest = '';
      from = at + 1;
    }
    this.#rest += chunk.slice(from);
  }

  /**
   * @returns what was left out, in a sentence; null if nothing was
   * @throws FormatError if half of the lines, or more, aren't folded stacks
   */
  end(): string | null {
    this.#read(this.#rest);
    this.#rest = '';
    const undecided = this.#undecided ?? [];
    this.#decide(undecided.length > 0);
    const first = this.#firstMisfit;
    if (first === null) return null;
    const quoted = JSON.stringify(first.text.slice(0, 80));
    if (this.#misfits >= this.#understood) {
      throw new FormatError(`not a folded stack: ${quoted}`, { line: first.line, expected: EXPECTED });
    }
    const lines = this.#misfits + this.#understood;
    const [was, is] = this.#misfits === 1 ? ['was', 'is'] : ['were', 'are'];
    return `${this.#misfits} of ${lines} lines ${was} not understood and ${is} left out; the first is line ${first.line}: ${quoted}.`;
  }

  #read(line: string): void {
    this.#lineNumber += 1;
    const text = withoutTrailingBlanks(line);
    if (text === '' || isComment(text)) return;
    const last = lastNumber(text);
    if (last === null) {
      this.#misfits += 1;
      this.#firstMisfit ??= { line: this.#lineNumber, text };
      return;
    }
    if (!(last.value <= MAX_NUMBER)) {
      throw new FormatError(`${last.digits} is too large`, { line: this.#lineNumber, expected: 'numbers up to 2^53' });
    }
    this.#understood += 1;
    if (this.#undecided === null) this.#take(text);
    else if (lastNumber(last.before) === null) {
      this.#decide(false);
      this.#take(text);
    } else {
      this.#undecided.push(text);
      if (this.#undecided.length >= LINES_FOR_COLUMNS) this.#decide(true);
    }
  }

  #decide(hasTwo: boolean): void {
    const lines = this.#undecided;
    if (lines === null) return;
    this.#undecided = null;
    this.#hasTwo = hasTwo;
    for (const line of lines) this.#take(line);
  }

  #take(line: string): void {
    const last = lastNumber(line);
    if (last === null) return;
    const first = this.#hasTwo ? lastNumber(last.before) : null;
    if (this.#hasTwo && first === null) {
      throw new FormatError(`one number: ${JSON.stringify(line.slice(-80))}`, {
        line: this.#lineNumber,
        expected: 'two, as on the lines before',
      });
    }
    this.#onLine({
      stack: withoutLineEscapes(first?.before ?? last.before),
      weight: last.value,
      before: first?.value ?? null,
    });
  }
}

function lastNumber(text: string): { before: string; digits: string; value: number } | null {
  const blank = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\t'));
  const digits = text.slice(blank + 1);
  if (blank < 0 || !NUMBER.test(digits)) return null;
  return { before: withoutTrailingBlanks(text.slice(0, blank)), digits, value: Number(digits) };
}

function withoutTrailingBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r'.includes(text.charAt(end - 1))) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}

function isComment(text: string): boolean {
  return text.startsWith('#') && (text.length === 1 || text[1] === ' ' || text[1] === '\t');
}

/** `# ` at the start of a line would be a comment; blanks at the end, or a number as the last word, part of its numbers. */
const LINE_START = /^(?:#|%((?:25)*)(23))(?=[ \t]|$)/;
const LINE_END = /(?:([ \t])|%((?:25)*)(20|09))(?=(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?)?$)/;

/** Escapes such marks at the start of a line. One that is already in a name gets another `25` after its `%`. */
export function withLineEscapes(stack: string): string {
  const first = stack[0];
  if (first !== '#' && first !== '%') return stack;
  return stack.replace(LINE_START, (_, levels?: string) => (levels === undefined ? '%23' : `%25${levels}23`));
}

/** Escapes such marks at the end of the last name of a line: a blank is `%20`. */
export function withLeafEscapes(name: string): string {
  return name.replace(LINE_END, (_, blank?: string, levels?: string, code?: string) =>
    blank === undefined ? `%25${levels}${code}` : blank === ' ' ? '%20' : '%09',
  );
}

/** Reverses {@link withLineEscapes} and {@link withLeafEscapes}. */
function withoutLineEscapes(stack: string): string {
  if (!stack.includes('%')) return stack;
  const lower = (levels = '', code = '') =>
    levels === '' ? String.fromCharCode(Number.parseInt(code, 16)) : `%${levels.slice(2)}${code}`;
  return stack
    .replace(LINE_START, (found, levels?: string, code?: string) => (found === '#' ? found : lower(levels, code)))
    .replace(LINE_END, (found, blank?: string, levels?: string, code?: string) =>
      blank === undefined ? lower(levels, code) : found,
    );
}

/** More than this share of a text's lines must look like folded stacks. If most have several frames, half is enough. */
const FOLDED_SHARE = 0.9;

/** Whether these are folded stacks, by this tool or another one: null if not, else the lines that are. */
export function foldedLines(start: FileStart): string[] | null {
  if (start.kind !== 'text') return null;
  const lines = start.lines.filter((line) => !isComment(line));
  const folded = lines.filter((line) => lastNumber(withoutTrailingBlanks(line)) !== null);
  const deep = folded.filter((line) => line.includes(';'));
  const share = deep.length * 2 > folded.length ? 0.5 : FOLDED_SHARE;
  return folded.length > lines.length * share ? folded : null;
}
