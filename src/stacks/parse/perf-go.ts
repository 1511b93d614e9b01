import type { Frame, Profile } from '../../model/profile.js';
import { ProfileBuilder } from '../profile-builder.js';
import { goName, goPackageOf, provesGo } from './go-symbol.js';

/**
 * The profile with Go's frames marked as such. Only after the last sample is it known which binaries are Go's: those
 * in which the runtime was seen. What C has put into such a binary stays native.
 */
export function markGo(profile: Profile): Profile {
  const binaries = new Set<string>();
  for (const { kind, module, name } of profile.frames) {
    if (kind === 'native' && module !== null && provesGo(name)) binaries.add(module);
  }
  if (binaries.size === 0) return profile;
  const builder = new ProfileBuilder();
  const indices = profile.frames.map((frame) =>
    builder.frame(frame.module !== null && binaries.has(frame.module) ? goFrame(frame) : frame),
  );
  for (const { frames, samples, weight } of profile.stacks) {
    builder.add(
      frames.map((index) => indices[index] ?? index),
      samples,
      weight,
    );
  }
  return builder.build(profile.meta);
}

function goFrame(frame: Frame): Frame {
  if (frame.kind !== 'native' && frame.kind !== 'inlined') return frame;
  const name = goName(frame.name);
  const goPackage = goPackageOf(name);
  return goPackage === null ? frame : { ...frame, name, module: goPackage, kind: 'go' };
}
