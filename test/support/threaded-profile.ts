import type { ProfileMeta } from '../../src/model/profile.js';
import { categorise } from '../../src/profiles/categories/categorise.js';
import { blankMeta, ProfileBuilder } from '../../src/profiles/profile-builder.js';
import type { FlameEntry } from '../../src/report/profiles/flame-entry.js';

/** When a sample was taken, where, and its stack: `main;parse`. */
export type TimedSample = [atMs: number, comm: string, pid: number, stack: string];

const SAMPLE_MS = 10;

/** nginx and php, two programs with a `main`, for 100 ms. */
export const TWO_PROGRAMS: TimedSample[] = [
  [0, 'nginx', 7, 'main;parse'],
  [10, 'nginx', 7, 'main;parse;alloc'],
  [20, 'nginx', 7, 'main;parse'],
  [30, 'nginx', 7, 'main;send'],
  [80, 'nginx', 7, 'main;send'],
  [90, 'nginx', 7, 'main;send'],
  [5, 'php', 8, 'main;execute;alloc'],
  [15, 'php', 8, 'main;execute;alloc'],
];

/** A profile of samples that each stand for 10 ms. */
export function timedEntry(samples: readonly TimedSample[], meta: Partial<ProfileMeta> = {}): FlameEntry {
  const builder = new ProfileBuilder();
  for (const [atMs, comm, pid, stack] of samples) {
    const frames = stack
      .split(';')
      .map((name) => builder.frame({ name, file: null, line: null, module: null, kind: 'native' }));
    builder.add(frames, 1, SAMPLE_MS * 1e6, { thread: builder.thread({ comm, pid, tid: pid }), atUs: atMs * 1000 });
  }
  const profile = builder.build(blankMeta({ title: 'two programs', unit: 'nanoseconds', event: 'cpu-clock', ...meta }));
  return { cellId: 'timed', profile: categorise(profile), unprofiled: null, ratePerSec: null, outcomeWords: 'ok' };
}
