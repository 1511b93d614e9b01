import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Profile } from '../../src/model/profile.js';
import { blankMeta, mapFrames, mergeProfiles, ProfileBuilder } from '../../src/profiles/profile-builder.js';
import { anyProfile } from '../support/profile-arbitrary.js';
import { totalsByName, totalWeight } from '../support/stack-totals.js';

const META = blankMeta({ title: 'all processes', unit: 'samples' });
const counting = anyProfile.map((profile) => ({ ...profile, meta: { ...profile.meta, unit: META.unit } }));

describe('several profiles as one', () => {
  it('has the sum of their weights, in all and for each function, and each stack once', () => {
    fc.assert(
      fc.property(fc.array(counting, { maxLength: 4 }), (profiles) => {
        const merged = mergeProfiles(profiles, META);
        expect(merged.meta).toBe(META);
        expect(totalWeight(merged)).toBe(profiles.reduce((sum, profile) => sum + totalWeight(profile), 0));
        const samples = (profile: Profile) => profile.stacks.reduce((sum, stack) => sum + stack.samples, 0);
        expect(samples(merged)).toBe(profiles.reduce((sum, profile) => sum + samples(profile), 0));
        const each = profiles.map(totalsByName);
        for (const [name, { self, total }] of totalsByName(merged)) {
          expect(self).toBe(each.reduce((sum, totals) => sum + (totals.get(name)?.self ?? 0), 0));
          expect(total).toBe(each.reduce((sum, totals) => sum + (totals.get(name)?.total ?? 0), 0));
        }
        const stacks = merged.stacks.map(({ frames }) => frames.join());
        expect(new Set(stacks).size).toBe(stacks.length);
        expect(new Set(merged.frames.map((frame) => JSON.stringify(frame))).size).toBe(merged.frames.length);
      }),
    );
  });

  it('adds up samples and weight of equal stacks', () => {
    const builder = new ProfileBuilder();
    builder.add([builder.frame({ name: 'a', file: null, line: null, module: null, kind: 'native' })], 2, 3);
    const profile = builder.build(META);
    expect(mergeProfiles([profile, profile], META).stacks).toEqual([{ frames: [0], samples: 4, weight: 6 }]);
  });

  it('leaves the profiles as they were', () => {
    fc.assert(
      fc.property(counting, (profile) => {
        const before = structuredClone(profile);
        mergeProfiles([profile, profile], META);
        expect(profile).toEqual(before);
      }),
    );
  });

  it('adds no nanoseconds to samples', () => {
    const profile = {
      schemaVersion: 2 as const,
      meta: { ...META, title: 'one', unit: 'nanoseconds' as const },
      frames: [],
      stacks: [],
      threads: [],
      timeline: null,
    };
    expect(() => mergeProfiles([profile], META)).toThrow("one is in nanoseconds, and can't be added up with samples");
  });
});

describe('threads and time', () => {
  const frame = (name: string) => ({ name, file: null, line: null, module: null, kind: 'native' as const });

  it('keeps equal stacks of two threads apart, and merges those of one', () => {
    const builder = new ProfileBuilder();
    const main = builder.frame(frame('main'));
    const [one, two] = [1, 2].map((tid) => builder.thread({ comm: 'node', pid: 1, tid }));
    for (const thread of [one, two, one, undefined]) builder.add([main], 1, 10, { thread });
    const { stacks, threads } = builder.build(META);
    expect(threads.map(({ tid }) => tid)).toEqual([1, 2]);
    expect(stacks).toEqual([
      { frames: [0], samples: 2, weight: 20, thread: 0 },
      { frames: [0], samples: 1, weight: 10, thread: 1 },
      { frames: [0], samples: 1, weight: 10 },
    ]);
  });

  it('sorts samples by time, counted from the first', () => {
    const builder = new ProfileBuilder();
    const [a, b] = ['a', 'b'].map((name) => builder.frame(frame(name)));
    builder.add([b ?? 0], 1, 5, { atUs: 1_300 });
    builder.add([a ?? 0], 1, 7, { atUs: 1_000 });
    expect(builder.build(META).timeline).toEqual({ atUs: [0, 300], stacks: [1, 0], weights: [7, 5] });
  });

  it('has no order where one sample has no time', () => {
    const builder = new ProfileBuilder();
    const a = builder.frame(frame('a'));
    builder.add([a], 1, 1, { atUs: 1 });
    builder.add([a], 1, 1);
    expect(builder.build(META).timeline).toBeNull();
  });

  it('keeps threads and order when frames are renamed, and the stacks that become equal are one', () => {
    const builder = new ProfileBuilder();
    const [a, b] = ['a', 'b'].map((name) => builder.frame(frame(name)));
    const thread = builder.thread({ comm: 'x', pid: 1, tid: null });
    builder.add([a ?? 0], 1, 1, { thread, atUs: 0 });
    builder.add([b ?? 0], 1, 2, { thread, atUs: 9 });
    const mapped = mapFrames(builder.build(META), () => frame('same'));
    expect(mapped.stacks).toEqual([{ frames: [0], samples: 2, weight: 3, thread: 0 }]);
    expect(mapped.timeline).toEqual({ atUs: [0, 9], stacks: [0, 0], weights: [1, 2] });
  });

  it('reads a profile of version 1, and refuses indices of nothing', () => {
    const { threads: _t, timeline: _l, ...rest } = new ProfileBuilder().build(META);
    const old = Profile.parse({ ...rest, schemaVersion: 1 });
    expect(old).toMatchObject({ schemaVersion: 2, threads: [], timeline: null });
    const frames = [frame('a')];
    const foreign = { ...old, frames, stacks: [{ frames: [0], samples: 1, weight: 1, thread: 3 }] };
    expect(Profile.safeParse(foreign).error?.issues[0]?.message).toBe('no thread 3; expected indices of 0 threads');
    const outside = { ...old, timeline: { atUs: [0], stacks: [4], weights: [1] } };
    expect(Profile.safeParse(outside).error?.issues[0]?.message).toBe('no stack 4; expected indices of 0 stacks');
  });
});

it('knows no rate and no duration that can’t be', () => {
  const known = { title: 'x', unit: 'samples' as const };
  expect(blankMeta({ ...known, rateHz: 99, durationS: 0 })).toMatchObject({ rateHz: 99, durationS: 0 });
  for (const [rateHz, durationS] of [
    [0, -1],
    [-5, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NaN, 1e12],
  ]) {
    expect(blankMeta({ ...known, rateHz: rateHz ?? null, durationS: durationS ?? null })).toMatchObject({
      rateHz: null,
      durationS: null,
    });
  }
});
