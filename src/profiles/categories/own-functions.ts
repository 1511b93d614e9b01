import { type HotFunction, type HotPart, hotFunctions } from '../analysis/hot-functions.js';
import { NormalisedFrames } from '../analysis/normalised-frames.js';
import { frameOwners } from '../analysis/own-frames.js';
import { cpuUsPerRequest } from '../analysis/per-request.js';
import { profileSize, shareOf } from '../profile-size.js';
import type { CategorisedProfile } from './categorised-profile.js';

export interface OwnFunction extends HotFunction {
  /**
   * Its own time and that of libraries, runtime and kernel below it, up to the next function of the gateway's own. Each
   * sample counts for one function at most, so that a chain of wrappers around all work doesn't fill the list;
   * what an event loop runs is nobody's above it.
   */
  answersFor: HotPart;
}

/** The gateway's own functions by what they answer for, the most first; those that answer for nothing are left out. */
export function ownFunctions(categorised: CategorisedProfile, limit = Number.POSITIVE_INFINITY): OwnFunction[] {
  const { profile } = categorised;
  const owners = frameOwners(profile);
  const only = owners.map((owner) => owner === 'gateway');
  const whole = profileSize(profile);
  const functions = new NormalisedFrames();
  const functionOf = functions.add(profile);
  const charged = new Map<number, { samples: number; weight: number }>();
  for (const { frames, samples, weight } of profile.stacks) {
    const nearest = frames.findLast((frame) => owners[frame] !== 'other');
    if (nearest === undefined || !only[nearest]) continue;
    const id = functionOf[nearest] ?? -1;
    const part = charged.get(id) ?? { samples: 0, weight: 0 };
    charged.set(id, { samples: part.samples + samples, weight: part.weight + weight });
  }
  const byFrame = new Map([...charged].map(([id, part]) => [JSON.stringify(functions.frames[id]), part]));
  return hotFunctions(categorised, { by: 'total', only })
    .flatMap((hot) => {
      const part = byFrame.get(JSON.stringify(hot.frame));
      if (!part) return [];
      const answersFor = {
        ...part,
        share: shareOf(part.weight, whole.weight),
        cpuUsPerRequest: cpuUsPerRequest(part.weight, profile.meta),
      };
      return [{ ...hot, answersFor }];
    })
    .sort((a, b) => b.answersFor.weight - a.answersFor.weight || b.total.weight - a.total.weight)
    .slice(0, limit);
}
