import type { Profile } from '../model/profile.js';
import { formatSamples } from './format-figures.js';
import type { ProfileSet } from './formats/format.js';
import { profileSize } from './measures.js';

/** The profile to show if none was asked for. */
export function chosenProfile({ profiles, chosen }: ProfileSet): Profile {
  return profiles[chosen] ?? profiles[0];
}

/**
 * The profile of an event or sample type, by `meta.event`. perf's modifiers and terms may be left out: `cycles` is
 * `cycles:ppp` or `cycles/freq=99/`, if nothing else is. Null if there is none.
 */
export function findByEvent({ profiles }: ProfileSet, event: string): Profile | null {
  const exact = profiles.find(({ meta }) => meta.event === event);
  if (exact) return exact;
  const bare = profiles.filter(({ meta }) => withoutModifiers(meta.event) === event);
  return bare.length === 1 ? (bare[0] ?? null) : null;
}

function withoutModifiers(event: string | null): string | null {
  return event?.replace(/:[GHIPSDWehkpu]+$|\/(?:\w+=[^/]*)?\/\w*$/, '') ?? null;
}

/** `cycles (1204 samples), page-faults (12 samples)`, the ones that can be asked for. */
export function listEvents({ profiles }: ProfileSet): string {
  return profiles
    .filter(({ meta }) => meta.event !== null)
    .map((profile) => `${profile.meta.event} (${formatSamples(profileSize(profile).samples)})`)
    .join(', ');
}
