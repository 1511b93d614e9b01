import type { z } from 'zod';
import { type Frame, type Profile, ProfileMeta, type StackSamples, type Thread } from '../model/profile.js';
import { FormatError } from './format-error.js';
import { readableFrame } from './symbols/readable-frame.js';

/** Samples whose order is kept; a longer capture has no timeline. */
const MAX_TIMELINE_SAMPLES = 500_000;

/** Of one sample or period, besides its stack. */
interface SampleOrigin {
  /** Index from {@link ProfileBuilder.thread}; absent where threads aren't known. */
  thread?: number | undefined;
  /** On any clock, microseconds. Kept only if every sample has one. */
  atUs?: number | undefined;
}

/** Builds a profile from samples. Each frame, thread and stack is stored once. */
export class ProfileBuilder {
  readonly #frames: Frame[] = [];
  readonly #frameIndex = new Map<string, number>();
  readonly #threads: Thread[] = [];
  readonly #threadIndex = new Map<string, number>();
  readonly #stacks: StackSamples[] = [];
  readonly #stackIndex = new Map<string, number>();
  /** Null once a sample came without a time, or too many came. */
  #timeline: { atUs: number; stack: number; weight: number }[] | null = [];

  /**
   * Returns the index of a frame, adding it if it is new, with a name to read. Keep it: asking each time is much slower.
   */
  frame(frame: Frame): number {
    const key = `${frame.name}\0${frame.file ?? ''}\0${frame.line ?? ''}\0${frame.module ?? ''}\0${frame.kind}`;
    const known = this.#frameIndex.get(key);
    if (known !== undefined) return known;
    const readable = readableFrame(frame);
    const index = readable === frame ? this.#frames.push(frame) - 1 : this.frame(readable);
    this.#frameIndex.set(key, index);
    return index;
  }

  /** Returns the index of a thread, adding it if it is new. */
  thread(thread: Thread): number {
    const key = `${thread.pid ?? ''}/${thread.tid ?? ''}/${thread.comm ?? '\0'}`;
    const known = this.#threadIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#threads.push(thread) - 1;
    this.#threadIndex.set(key, index);
    return index;
  }

  /**
   * Adds samples of a stack.
   * @param frames indices from {@link frame}, root first; an empty stack is ignored
   * @param weight in the profile's unit
   */
  add(frames: readonly number[], samples: number, weight: number, origin: SampleOrigin = {}): void {
    if (frames.length > 0) this.count(this.stack(frames, origin.thread), samples, weight, origin.atUs);
  }

  /**
   * Returns the index of a thread's stack, adding it if it is new. Keep it to {@link count} more of its samples.
   * @param frames indices from {@link frame}, root first; at least one
   */
  stack(frames: readonly number[], thread?: number): number {
    const key = thread === undefined ? frames.join(',') : `${thread}:${frames.join(',')}`;
    const known = this.#stackIndex.get(key);
    if (known !== undefined) return known;
    const made =
      this.#stacks.push({
        frames: [...frames],
        samples: 0,
        weight: 0,
        ...(thread !== undefined && { thread }),
      }) - 1;
    this.#stackIndex.set(key, made);
    return made;
  }

  /** Adds samples of a stack from {@link stack}. @param atUs see {@link SampleOrigin} */
  count(stack: number, samples: number, weight: number, atUs?: number): void {
    const known = this.#stacks[stack];
    if (!known) throw new RangeError(`no stack ${stack}`);
    known.samples += samples;
    known.weight += weight;
    if (this.#timeline === null) return;
    if (atUs === undefined || this.#timeline.length >= MAX_TIMELINE_SAMPLES) this.#timeline = null;
    else this.#timeline.push({ atUs, stack, weight });
  }

  /**
   * Adds another profile's stacks with their threads, and without their order in time.
   * @param frameOf index in this builder of a frame of the profile
   * @returns for each of its stacks, the index here
   */
  addProfile({ stacks, threads }: Profile, frameOf: (index: number) => number): number[] {
    this.#timeline = null;
    const indices = threads.map((thread) => this.thread(thread));
    return stacks.map(({ frames, samples, weight, thread }) => {
      const stack = this.stack(frames.map(frameOf), thread === undefined ? undefined : indices[thread]);
      this.count(stack, samples, weight);
      return stack;
    });
  }

  /** @throws FormatError if the weights or samples can't be added up: see {@link checkTotals} */
  build(meta: ProfileMeta): Profile {
    checkTotals(this.#stacks);
    return {
      schemaVersion: 2,
      meta,
      frames: this.#frames,
      stacks: this.#stacks,
      threads: this.#threads,
      timeline: this.#sortedTimeline(),
    };
  }

  #sortedTimeline(): Profile['timeline'] {
    if (this.#timeline === null || this.#timeline.length === 0) return null;
    const sorted = this.#timeline.toSorted((a, b) => a.atUs - b.atUs);
    const startUs = sorted[0]?.atUs ?? 0;
    return {
      atUs: sorted.map(({ atUs }) => atUs - startUs),
      stacks: sorted.map(({ stack }) => stack),
      weights: sorted.map(({ weight }) => weight),
    };
  }
}

/** What pprof's int64 holds; a JavaScript number is exact only up to 2^53, which is enough for shares. */
const MAX_WEIGHT = 2 ** 63;

/**
 * Checks that the stacks of a file can be added up.
 * @throws FormatError if a weight is no number, or the weights or samples add up to too much
 */
export function checkTotals(stacks: readonly StackSamples[]): void {
  let weight = 0;
  let samples = 0;
  for (const stack of stacks) {
    weight += stack.weight;
    samples += stack.samples;
  }
  if (!(weight < MAX_WEIGHT)) throw new FormatError(`the weights add up to ${weight}`, { expected: 'less than 2^63' });
  if (!Number.isSafeInteger(samples)) {
    throw new FormatError(`the samples add up to ${samples}`, { expected: 'less than 2^53' });
  }
}

/**
 * The same samples with other frames: each frame is replaced, and stacks that become equal are merged.
 * @param frameOf the new frame of an index
 */
export function mapFrames(profile: Profile, frameOf: (frame: Frame) => Frame): Profile {
  const builder = new ProfileBuilder();
  const made = new Map<number, number>();
  const indexOf = (index: number): number => {
    const known = made.get(index);
    if (known !== undefined) return known;
    const frame = profile.frames[index] ?? outside(index, profile.meta.title);
    const mapped = builder.frame(frameOf(frame));
    made.set(index, mapped);
    return mapped;
  };
  const stacks = builder.addProfile(profile, indexOf);
  const { timeline } = profile;
  return {
    ...builder.build(profile.meta),
    timeline: timeline && { ...timeline, stacks: timeline.stacks.map((stack) => stacks[stack] ?? 0) },
  };
}

/**
 * Metadata with nothing known but what is given. A rate or duration that can't be, as of a damaged file or a clock that
 * was set, is unknown.
 */
export function blankMeta(known: Partial<ProfileMeta> & Pick<ProfileMeta, 'title' | 'unit'>): ProfileMeta {
  return {
    kind: 'cpu',
    profiler: null,
    tool: null,
    command: null,
    event: null,
    cpuNsPerWeight: null,
    startedAt: null,
    lost: null,
    kernel: 'absent',
    subject: null,
    load: null,
    rules: [],
    caveats: [],
    ...known,
    rateHz: possible(ProfileMeta.shape.rateHz, known.rateHz),
    durationS: possible(ProfileMeta.shape.durationS, known.durationS),
  };
}

function possible(schema: z.ZodType<number | null>, value: number | null | undefined): number | null {
  return schema.safeParse(value ?? null).data ?? null;
}

/**
 * Merges the profiles of several processes or files. Equal stacks of one thread are added up; the order in time is lost.
 * @param meta of the result
 * @throws RangeError if a profile's unit isn't that of `meta`
 */
export function mergeProfiles(profiles: readonly Profile[], meta: ProfileMeta): Profile {
  const builder = new ProfileBuilder();
  for (const profile of profiles) {
    const { title, unit } = profile.meta;
    if (unit !== meta.unit) throw new RangeError(`${title} is in ${unit}, and can't be added up with ${meta.unit}`);
    const indices = profile.frames.map((frame) => builder.frame(frame));
    builder.addProfile(profile, (frame) => indices[frame] ?? outside(frame, title));
  }
  return builder.build(meta);
}

function outside(frame: number, title: string): never {
  throw new RangeError(`${title} has no frame ${frame}`);
}
