import type { Frame, Profile, ProfileMeta, StackSamples } from '../model/profile.js';

/** Collects samples into a profile: frames and stacks are kept once each, whatever the number of samples. */
export class ProfileBuilder {
  readonly #frames: Frame[] = [];
  readonly #frameIndex = new Map<string, number>();
  readonly #stacks: StackSamples[] = [];
  readonly #stackIndex = new Map<string, number>();

  /** The index of a frame, which is added where it is new. Keep it: that is much faster than asking each time. */
  frame(frame: Frame): number {
    const key = `${frame.name}\0${frame.file ?? ''}\0${frame.line ?? ''}\0${frame.module ?? ''}\0${frame.kind}`;
    const known = this.#frameIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#frames.push(frame) - 1;
    this.#frameIndex.set(key, index);
    return index;
  }

  /**
   * Count samples of a stack.
   * @param frames indices from {@link frame}, root first; an empty stack is counted nowhere
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
