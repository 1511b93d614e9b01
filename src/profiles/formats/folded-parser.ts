import type { Frame, Profile, ProfileMeta, Thread } from '../../model/profile.js';
import { blankMeta, ProfileBuilder } from '../profile-builder.js';
import { FoldedLines } from './folded-lines.js';
import { type ProfileSet, type StreamParser, single } from './format.js';

/** A part of a stack: a function, what a thread is called, or nothing that counts. */
export type FoldedPart = { frame: Frame } | { thread: Partial<Thread> } | null;

/** How a tool writes its folded stacks. */
export interface FoldedDialect {
  /** Root first. */
  split(stack: string): readonly string[];
  /** Called once for each different text. */
  part(text: string): FoldedPart;
  /** Of the profile, besides its title. */
  meta: Partial<ProfileMeta>;
  /** Of a number on a line, in the unit of `meta`; 1 by default. */
  weightOfOne?: number;
}

type KnownPart = { frame: number } | { thread: Partial<Thread> } | null;

/**
 * Parses folded stacks as a stream. Memory holds only unique frames and stacks, however long the text is.
 *
 * A differential file, `main;work 12 15`, holds two profiles: of its first numbers (`before`) and its second ones.
 */
export class FoldedParser implements StreamParser {
  readonly #dialect: FoldedDialect;
  readonly #title: string;
  readonly #after = new ProfileBuilder();
  readonly #before = new ProfileBuilder();
  readonly #parts = new Map<string, KnownPart>();
  readonly #lines = new FoldedLines((line) => this.#add(line.stack, line.weight, line.before));
  #isDifferential = false;

  constructor(dialect: FoldedDialect, title: string) {
    this.#dialect = dialect;
    this.#title = title;
  }

  /** @throws FormatError */
  feed(chunk: string): void {
    this.#lines.feed(chunk);
  }

  /** @throws FormatError if half of the lines, or more, aren't folded stacks */
  end(): ProfileSet {
    const leftOut = this.#lines.end();
    if (!this.#isDifferential) return single(this.#build(this.#after, this.#title, leftOut));
    const change = 'A differential file: each line has two numbers, from before and after a change.';
    const built = (builder: ProfileBuilder, event: string) => {
      const profile = this.#build(builder, `${this.#title}, ${event}`, leftOut, change);
      return { ...profile, meta: { ...profile.meta, event } };
    };
    return { profiles: [built(this.#before, 'before'), built(this.#after, 'after')], chosen: 1 };
  }

  #build(builder: ProfileBuilder, title: string, ...caveats: (string | null)[]): Profile {
    const { meta } = this.#dialect;
    return builder.build(
      blankMeta({
        unit: 'samples',
        ...meta,
        title,
        caveats: [...(meta.caveats ?? []), ...caveats.filter((caveat) => caveat !== null)],
      }),
    );
  }

  #add(stack: string, weight: number, before: number | null): void {
    const frames: number[] = [];
    let thread: Partial<Thread> | null = null as Partial<Thread> | null;
    for (const text of this.#dialect.split(stack)) {
      const part = this.#part(text);
      if (part === null) continue;
      if ('frame' in part) frames.push(part.frame);
      else thread = Object.assign(thread ?? {}, part.thread);
    }
    if (before === null) this.#count(this.#after, frames, weight, thread);
    else {
      this.#isDifferential = true;
      if (weight > 0) this.#count(this.#after, frames, weight, thread);
      if (before > 0) this.#count(this.#before, frames, before, thread);
    }
  }

  #count(builder: ProfileBuilder, frames: readonly number[], count: number, thread: Partial<Thread> | null): void {
    const index = thread === null ? undefined : builder.thread({ comm: null, pid: null, tid: null, ...thread });
    builder.add(frames, Math.round(count), count * (this.#dialect.weightOfOne ?? 1), { thread: index });
  }

  #part(text: string): KnownPart {
    const known = this.#parts.get(text);
    if (known !== undefined) return known;
    // A slice of a chunk would keep the whole chunk in memory.
    const own = Buffer.from(text, 'utf16le').toString('utf16le');
    const made = this.#made(this.#dialect.part(own));
    this.#parts.set(own, made);
    return made;
  }

  #made(part: FoldedPart): KnownPart {
    if (part === null || 'thread' in part) return part;
    // The same index in both.
    this.#before.frame(part.frame);
    return { frame: this.#after.frame(part.frame) };
  }
}
