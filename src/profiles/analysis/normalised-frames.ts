import type { Frame, Profile } from '../../model/profile.js';
import { normaliseFrame } from './normalise-names.js';

/** Frames of one or more profiles, each function once. */
export class NormalisedFrames {
  readonly frames: Frame[] = [];
  readonly #indexOf = new Map<string, number>();

  /** For each of a profile's frames, its index in {@link frames}. */
  add({ frames }: Profile): number[] {
    return frames.map((frame) => {
      const normalised = normaliseFrame(frame);
      const key = [normalised.kind, normalised.module ?? '', normalised.file ?? '', normalised.name].join('\0');
      const known = this.#indexOf.get(key);
      if (known !== undefined) return known;
      const index = this.frames.push(normalised) - 1;
      this.#indexOf.set(key, index);
      return index;
    });
  }
}
