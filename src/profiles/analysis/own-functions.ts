import type { Profile } from '../../model/profile.js';
import type { CategorisedProfile } from '../categories/categorise.js';
import { OWN_CATEGORIES } from '../categories/category-table.js';
import { RuleBook } from '../categories/rule-book.js';
import { cpuUsPerRequest, profileSize, shareOf } from '../measures.js';
import { type HotFunction, type HotPart, hotFunctions } from './hot-functions.js';
import { NormalisedFrames } from './normalised-frames.js';

export interface OwnFunction extends HotFunction {
  /**
   * Its self time plus that of libraries, runtime and kernel below it, up to the next of the gateway's own functions. Each
   * sample counts for one function at most, so that wrappers around everything don't fill the list. Callers of an event
   * loop don't answer for what it runs.
   */
  answersFor: HotPart;
}

/** The gateway's own functions by what they answer for, most first, without those that answer for nothing. */
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

/** `border`: an event loop or the like, whose callers don't answer for what it runs. */
type FrameOwner = 'gateway' | 'border' | 'other';

/**
 * Who wrote each function, parallel to `frames`. The gateway's authors wrote what its own rules say, and what the general
 * rules call own code. A routing library isn't theirs.
 */
export function frameOwners({ frames, meta }: Profile): FrameOwner[] {
  const book = new RuleBook(meta.rules, frames);
  return frames.map((frame) => {
    const first = book.first(frame, false);
    if (first === null) return 'other';
    if (first.category === 'unknown') return 'border';
    const theirs = first.own ? OWN_CATEGORIES.includes(first.category) : first.category === 'own';
    return theirs ? 'gateway' : 'other';
  });
}
