import type { Frame, Profile, ProfileMeta, StackSamples } from '../model/profile.js';

/** Builds a profile from samples. Each frame and each stack is stored once. */
export class ProfileBuilder {
  readonly #frames: Frame[] = [];
  readonly #frameIndex = new Map<string, number>();
  readonly #stacks: StackSamples[] = [];
  readonly #stackIndex = new Map<string, number>();

  /** Returns the index of a frame, adding it if it is new. Keep it: asking each time is much slower. */
  frame(frame: Frame): number {
    const key = `${frame.name}\0${frame.file ?? ''}\0${frame.line ?? ''}\0${frame.module ?? ''}\0${frame.kind}`;
    const known = this.#frameIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#frames.push(frame) - 1;
    this.#frameIndex.set(key, index);
    return index;
  }

  /**
   * Adds samples of a stack.
   * @param frames indices from {@link frame}, root first; an empty stack is ignored
   * @param weight in the profile's unit
   */
  add(frames: readonly number[], samples: number, weight: number): void {
    if (frames.length === 0) return;
    const key = frames.join(',');
    const index = this.#stackIndex.get(key);
    const known = index === undefined ? undefined : this.#stacks[index];
    if (known) {
      known.samples += samples;
      known.weight += weight;
      return;
    }
    this.#stackIndex.set(key, this.#stacks.push({ frames: [...frames], samples, weight }) - 1);
  }

  build(meta: ProfileMeta): Profile {
    return { schemaVersion: 1, meta, frames: this.#frames, stacks: this.#stacks };
  }
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
 * Merges the profiles of several processes or files. Equal stacks are added up.
 * @param meta of the result
 * @throws RangeError if a profile's unit isn't that of `meta`
 */
export function mergeProfiles(profiles: readonly Profile[], meta: ProfileMeta): Profile {
  const builder = new ProfileBuilder();
  for (const { meta: part, frames, stacks } of profiles) {
    if (part.unit !== meta.unit) {
      throw new RangeError(`${part.title} is in ${part.unit}, and can't be added up with ${meta.unit}`);
    }
    const indices = frames.map((frame) => builder.frame(frame));
    for (const stack of stacks) {
      builder.add(
        stack.frames.map((frame) => indices[frame] ?? outside(frame, part.title)),
        stack.samples,
        stack.weight,
      );
    }
  }
  return builder.build(meta);
}

function outside(frame: number, title: string): never {
  throw new RangeError(`${title} has no frame ${frame}`);
}
