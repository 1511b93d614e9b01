import { z } from 'zod';
import { ExpectedError } from '../../lib/errors.js';
import { FailureClass } from '../../model/load.js';
import { MARK } from './script.js';

const Count = z.number().int().nonnegative();
const Kind = z.enum(['ok', 'firstByte', 'failed']);
type Kind = z.infer<typeof Kind>;

const Books = z.object({
  /** The window's end on the host's clock, and its length. */
  endMs: z.number(),
  windowMs: z.number(),
  /** Milliseconds from the window's start to the first request; null where there was none. */
  firstMs: z.number().nullable(),
  sent: Count,
  ok: Count,
  inFlightAtEnd: Count,
  inFlightMs: z.number(),
  failed: z.partialRecord(FailureClass, Count),
  codes: z.record(z.string(), Count),
  examples: z.partialRecord(FailureClass, z.object({ status: z.number(), detail: z.string() })),
});

/** What a segment's script writes to its log; see segment-script.ts. */
const Line = z.union([
  z.object({ vu: Count, kind: Kind, us: z.array(Count) }),
  z.object({ vu: Count, books: Books }),
  z.object({ unreachable: z.string() }),
  z.object({ lateMs: z.number() }),
]);

/** The books of one VU. Times are microseconds, one for each answer. */
export type VuBooks = z.infer<typeof Books> & { timesUs: Record<Kind, number[]> };

/** What one k6 of several said. */
export class SegmentBooks {
  readonly #times = new Map<number, Record<Kind, number[]>>();
  readonly #books = new Map<number, VuBooks>();
  #refusal: { unreachable: string } | { lateMs: number } | null = null;
  #lastWords = '';

  /** @throws ExpectedError for a line of ours that is not one */
  add(line: string): void {
    if (!line.startsWith(MARK)) {
      if (line.trim() !== '') this.#lastWords = line.trim();
      return;
    }
    const said = parsed(line.slice(MARK.length));
    if ('kind' in said) {
      this.#timesOf(said.vu)[said.kind].push(...said.us);
    } else if ('books' in said) {
      this.#books.set(said.vu, { ...said.books, timesUs: this.#timesOf(said.vu) });
    } else {
      this.#refusal = said;
    }
  }

  /** One for each VU that handed over. */
  get vus(): VuBooks[] {
    return [...this.#books.values()];
  }

  /** Why the script would not begin; null where it did. */
  get refusal(): { unreachable: string } | { lateMs: number } | null {
    return this.#refusal;
  }

  /** The last line of k6's own. */
  get lastWords(): string {
    return this.#lastWords;
  }

  #timesOf(vu: number): Record<Kind, number[]> {
    const times = this.#times.get(vu) ?? { ok: [], firstByte: [], failed: [] };
    this.#times.set(vu, times);
    return times;
  }
}

function parsed(text: string): z.infer<typeof Line> {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    throw new ExpectedError(`k6 wrote a line that its script can't have written: ${text.slice(0, 200)}`);
  }
}
