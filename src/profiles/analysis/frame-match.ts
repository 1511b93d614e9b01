import type { FrameMatch } from '../../model/claims.js';
import type { Frame, Profile } from '../../model/profile.js';

/** Which of a profile's frames a pattern is about, parallel to `frames`. */
export function matchingFrames({ frames }: Profile, { name, file }: FrameMatch): boolean[] {
  const namePattern = name === undefined ? null : new RegExp(name);
  const filePattern = file === undefined ? null : new RegExp(file);
  const holds = (frame: Frame) =>
    (namePattern?.test(frame.name) ?? true) && (filePattern?.test(frame.file ?? '') ?? true);
  return frames.map(holds);
}

/** Samples and weight of the stacks of which something holds. */
export function stacksWhere(
  { stacks }: Profile,
  holds: (frames: readonly number[], index: number) => boolean,
): { samples: number; weight: number } {
  let samples = 0;
  let weight = 0;
  for (const [index, stack] of stacks.entries()) {
    if (!holds(stack.frames, index)) continue;
    samples += stack.samples;
    weight += stack.weight;
  }
  return { samples, weight };
}

/** Whether a stack holds frames of every kind in this order, others between them. @param steps see matchingFrames */
export function followsPath(frames: readonly number[], steps: readonly (readonly boolean[])[]): boolean {
  let step = 0;
  for (const frame of frames) {
    if (step < steps.length && steps[step]?.[frame]) step += 1;
  }
  return step === steps.length;
}
