import type { Frame, Profile, ProfileMeta, StackSamples, Thread } from '../model/profile.js';

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

  /** Returns the index of a frame, adding it if it is new. Keep it: asking each time is much slower. */
  frame(frame: Frame): number {
    const key = `${frame.name}\0${frame.file ?? ''}\0${frame.line ?? ''}\0${frame.module ?? ''}\0${frame.kind}`;
    const known = this.#frameIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#frames.push(frame) - 1;
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
    if (frames.length === 0) return;
    const stack = this.#add(frames, samples, weight, origin.thread);
    if (this.#timeline === null) return;
    const { atUs } = origin;
    if (atUs === undefined || this.#timeline.length >= MAX_TIMELINE_SAMPLES) this.#timeline = null;
    else this.#timeline.push({ atUs, stack, weight });
  }

  #add(frames: readonly number[], samples: number, weight: number, thread: number | undefined): number {
    const key = thread === undefined ? frames.join(',') : `${thread}:${frames.join(',')}`;
    const index = this.#stackIndex.get(key);
    const known = index === undefined ? undefined : this.#stacks[index];
    if (index !== undefined && known) {
      known.samples += samples;
      known.weight += weight;
      return index;
    }
    const made =
      this.#stacks.push({ frames: [...frames], samples, weight, ...(thread !== undefined && { thread }) }) - 1;
    this.#stackIndex.set(key, made);
    return made;
  }

  /**
   * Adds another profile's stacks with their threads, and without their order in time.
   * @param frameOf index in this builder of a frame of the profile
   * @returns for each of its stacks, the index here
   */
  addProfile({ stacks, threads }: Profile, frameOf: (index: number) => number): number[] {
    this.#timeline = null;
    const indices = threads.map((thread) => this.thread(thread));
    return stacks.map(({ frames, samples, weight, thread }) =>
      this.#add(frames.map(frameOf), samples, weight, thread === undefined ? undefined : indices[thread]),
    );
  }

  build(meta: ProfileMeta): Profile {
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

/** Metadata with nothing known but what is given. */
export function blankMeta(known: Partial<ProfileMeta> & Pick<ProfileMeta, 'title' | 'unit'>): ProfileMeta {
  return {
    kind: 'cpu',
    profiler: null,
    tool: null,
    command: null,
    event: null,
    rateHz: null,
    cpuNsPerWeight: null,
    startedAt: null,
    durationS: null,
    lost: null,
    kernel: 'absent',
    subject: null,
    load: null,
    rules: [],
    caveats: [],
    ...known,
  };
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
