import { describe, expect, test } from 'vitest';
import { intervalsOf } from '../../../src/flamegraph/page/intervals.js';
import type { Profile, ProfileMeta } from '../../../src/model/profile.js';
import { blankMeta, ProfileBuilder } from '../../../src/profiles/profile-builder.js';

type Sample = [atUs: number, stack: string, weight: number, thread?: string];

function profileOf(samples: readonly Sample[], meta: Partial<ProfileMeta>): Profile {
  const builder = new ProfileBuilder();
  for (const [atUs, name, weight, comm] of samples) {
    const frame = builder.frame({ name, file: null, line: null, module: null, kind: 'native' });
    const thread = comm === undefined ? undefined : builder.thread({ comm, pid: 1, tid: null });
    builder.add([frame], 1, weight, { atUs, thread });
  }
  return builder.build(blankMeta({ title: 'timed', unit: 'nanoseconds', ...meta }));
}

/** `a 0-30`: what ran, from and to, microseconds. */
function written(samples: readonly Sample[], meta: Partial<ProfileMeta> = {}) {
  const profile = profileOf(samples, meta);
  const known = intervalsOf(profile);
  const nameOf = (stack: number) => profile.frames[profile.stacks[stack]?.frames[0] ?? -1]?.name;
  return {
    lanes: known?.lanes,
    sampleUs: known?.sampleUs,
    intervals: known?.intervals.map(({ lane, fromUs, toUs, stack }) => `${lane} ${nameOf(stack)} ${fromUs}-${toUs}`),
  };
}

describe('intervals of a profile', () => {
  test('last until the next sample of the thread, or as long as a sample, and are merged where nothing changes', () => {
    expect(
      written([
        [0, 'a', 10_000],
        [11, 'a', 10_000],
        [20, 'b', 10_000],
        [100, 'b', 10_000],
      ]),
    ).toEqual({ lanes: ['all samples'], sampleUs: 15, intervals: ['0 a 0-20', '0 b 20-30', '0 b 100-110'] });
  });

  test('are by thread, the busiest first', () => {
    const samples: Sample[] = [
      [0, 'a', 10_000, 'idle'],
      [2, 'b', 10_000, 'busy'],
      [12, 'b', 10_000, 'busy'],
    ];
    const { lanes, intervals } = written(samples);
    expect(lanes).toEqual(['busy-1/?', 'idle-1/?']);
    expect(intervals).toEqual(['0 b 2-22', '1 a 0-10']);
  });

  test('are durations where samples have their own', () => {
    expect(
      written([
        [0, 'a', 40_000],
        [40, 'b', 1_000],
        [90, 'c', 5_000],
      ]),
    ).toMatchObject({ sampleUs: null, intervals: ['0 a 0-40', '0 b 40-41', '0 c 90-95'] });
  });

  test('of events are as long as the sampling rate says, else as the usual gap', () => {
    const samples: Sample[] = [
      [0, 'a', 7],
      [10, 'b', 9],
      [20, 'c', 1],
      [90, 'd', 3],
    ];
    const events = { unit: 'events', kind: 'other' } as const;
    expect(written(samples, { ...events, rateHz: 50_000 }).intervals?.at(-1)).toBe('0 d 90-110');
    expect(written(samples, events)).toMatchObject({
      sampleUs: 15,
      intervals: ['0 a 0-10', '0 b 10-20', '0 c 20-30', '0 d 90-100'],
    });
  });

  test('are unknown where the order of samples is', () => {
    const { timeline: _, ...rest } = profileOf([[0, 'a', 1]], {});
    expect(intervalsOf({ ...rest, timeline: null })).toBeNull();
  });
});
