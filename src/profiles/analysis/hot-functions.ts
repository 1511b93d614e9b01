import type { Category } from '../../model/category.js';
import type { Frame } from '../../model/profile.js';
import type { CategorisedProfile } from '../categories/categorised-profile.js';
import { profileSize, shareOf } from '../profile-size.js';
import { functionTotals } from './function-totals.js';
import { NormalisedFrames } from './normalised-frames.js';
import { cpuUsPerRequest } from './per-request.js';

/** A function's own time, or its time with all it calls. */
export interface HotPart {
  samples: number;
  /** In the profile's unit. */
  weight: number;
  /** Of the profile's weight, 0 to 1. */
  share: number;
  cpuUsPerRequest: number | null;
}

export interface HotFunction {
  /** With a normalised name, so that the tiers of a JavaScript function are one. */
  frame: Frame;
  /** What most of its own time, or else of the time below it, is spent on. */
  category: Category;
  self: HotPart;
  /** A stack counts once, however often the function is in it. */
  total: HotPart;
}

export interface HotFunctionOptions {
  /** What they are ordered by; `self` where absent. */
  by?: 'self' | 'total';
  /** How many at most; all where absent. */
  limit?: number;
  /** Only functions of these frames, parallel to `profile.frames`. */
  only?: readonly boolean[];
}

/** A profile's functions, the hottest first; those without any time of the kind asked for are left out. */
export function hotFunctions(categorised: CategorisedProfile, options: HotFunctionOptions = {}): HotFunction[] {
  const { by = 'self', limit = Number.POSITIVE_INFINITY, only } = options;
  const { profile } = categorised;
  const whole = profileSize(profile);
  const functions = new NormalisedFrames();
  const functionOf = functions.add(profile);
  const totals = functionTotals(categorised, functionOf);
  const chosen = only && new Set(functionOf.filter((_, frame) => only[frame]));
  const part = (samples: number, weight: number): HotPart => ({
    samples,
    weight,
    share: shareOf(weight, whole.weight),
    cpuUsPerRequest: cpuUsPerRequest(weight, profile.meta),
  });
  return [...totals]
    .flatMap(([id, total]) => {
      const frame = functions.frames[id];
      if (!frame || (chosen && !chosen.has(id))) return [];
      return [
        {
          frame,
          category: total.category,
          self: part(total.selfSamples, total.selfWeight),
          total: part(total.totalSamples, total.totalWeight),
        },
      ];
    })
    .filter((hot) => hot[by].samples > 0 || hot[by].weight > 0)
    .sort((a, b) => b[by].weight - a[by].weight || (a.frame.name < b.frame.name ? -1 : 1))
    .slice(0, limit);
}
