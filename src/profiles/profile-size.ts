import type { Profile } from '../model/profile.js';

/** All of a profile. */
export interface ProfileSize {
  samples: number;
  /** In the profile's unit. */
  weight: number;
}

export function profileSize({ stacks }: Profile): ProfileSize {
  let samples = 0;
  let weight = 0;
  for (const stack of stacks) {
    samples += stack.samples;
    weight += stack.weight;
  }
  return { samples, weight };
}

/** A part of a whole, from 0 to 1; 0 of nothing. */
export function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
