/** Where in a profile something is wrong: a line of text, a field of a document, or neither where it is the whole. */
export interface FormatPlace {
  /** From 1. */
  line?: number;
  /** `profiles[0].samples`. */
  field?: string;
}

/** A profile that can't be read. Pure rooms throw it; who knows the file's name makes it an expected failure. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly line: number | null;
  readonly field: string | null;
  /** What should have stood there, without a full stop: `frames, a space and a number of samples`. */
  readonly expected: string | null;

  /** @param what what is wrong, without a full stop: `not JSON` */
  constructor(what: string, options: FormatPlace & { expected?: string; cause?: unknown } = {}) {
    const place = options.line !== undefined ? `line ${options.line}: ` : options.field ? `${options.field}: ` : '';
    const expected = options.expected ? `; expected ${options.expected}` : '';
    super(`${place}${what}${expected}`, options.cause === undefined ? {} : { cause: options.cause });
    this.line = options.line ?? null;
    this.field = options.field ?? null;
    this.expected = options.expected ?? null;
  }
}
