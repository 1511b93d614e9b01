import type { Frame, Profile } from '../../../model/profile.js';
import { ProfileBuilder } from '../../profile-builder.js';
import { goName, goPackageOf, provesGo } from '../../symbols/go-symbol.js';

/**
 * The profile as it can be told after the last sample only: Go's frames marked as such, and frames that no stack came
 * to hold left out. A binary is Go's where the runtime was seen in it; what C has put into it stays native.
 */
export function finalizeFrames({ frames, stacks, meta }: Profile): Profile {
  const goBinaries = new Set<string>();
  for (const { kind, module, name } of frames) {
    if (kind === 'native' && module !== null && provesGo(name)) goBinaries.add(module);
  }
  const builder = new ProfileBuilder();
  const settled = new Map<number, number>();
  const indexOf = (index: number, frame: Frame): number => {
    const known = settled.get(index);
    if (known !== undefined) return known;
    const made = builder.frame(frame.module !== null && goBinaries.has(frame.module) ? goFrame(frame) : frame);
    settled.set(index, made);
    return made;
  };
  for (const stack of stacks) {
    const indices = stack.frames.flatMap((index) => {
      const frame = frames[index];
      return frame ? [indexOf(index, frame)] : [];
    });
    builder.add(indices, stack.samples, stack.weight);
  }
  return builder.build(meta);
}

function goFrame(frame: Frame): Frame {
  if (frame.kind !== 'native' && frame.kind !== 'inlined') return frame;
  const name = goName(frame.name);
  const goPackage = goPackageOf(name);
  return goPackage === null ? frame : { ...frame, name, module: goPackage, kind: 'go' };
}
