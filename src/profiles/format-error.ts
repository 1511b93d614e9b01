/** Where the error is: a line, a field, or neither if it concerns the whole file. */
interface FormatPlace {
  /** From 1. */
  line?: number;
  /** `profiles[0].samples`. */
  field?: string;
}

/** A file that can't be parsed. Pure layers throw it; callers that know the file's name turn it into an ExpectedError. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  /** What is wrong, without the place. */
  readonly what: string;
  readonly line: number | null;
  readonly field: string | null;
  /** What was expected, without a full stop: `frames, a space and a number of samples`. */
  readonly expected: string | null;

  /** @param what what is wrong, without a full stop: `not JSON` */
  constructor(what: string, options: FormatPlace & { expected?: string; cause?: unknown } = {}) {
    const place = options.line !== undefined ? `line ${options.line}: ` : options.field ? `${options.field}: ` : '';
    const expected = options.expected ? `; expected ${options.expected}` : '';
    super(`${place}${what}${expected}`, options.cause === undefined ? {} : { cause: options.cause });
    this.what = what;
    this.line = options.line ?? null;
    this.field = options.field ?? null;
    this.expected = options.expected ?? null;
  }
}
