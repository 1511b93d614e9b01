import type { Profile, ProfileMeta } from '../../model/profile.js';
import { ProfileBuilder } from '../profile-builder.js';

/**
 * Several profiles as one: of the processes of a tree, or of several files. The same stacks are added up.
 * @param meta of the whole; its unit must be that of each profile
 * @throws RangeError where the profiles differ in their unit: their sum would mean nothing
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
