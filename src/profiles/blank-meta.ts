import type { ProfileMeta } from '../model/profile.js';

/** Metadata of a profile of which nothing is known yet but what is given. */
export function blankMeta(known: Partial<ProfileMeta> & Pick<ProfileMeta, 'title' | 'unit'>): ProfileMeta {
  return {
    kind: 'cpu',
    profiler: null,
    tool: null,
    command: null,
    event: null,
    rateHz: null,
    startedAt: null,
    durationS: null,
    lost: null,
    kernel: 'absent',
    subject: null,
    load: null,
    rules: [],
    caveats: [],
    ...known,
  };
}
