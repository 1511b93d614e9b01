import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../src/model/profile.js';
import { blankMeta, mergeProfiles, ProfileBuilder } from '../../src/profiles/profile-builder.js';
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
      schemaVersion: 1 as const,
      meta: { ...META, title: 'one', unit: 'nanoseconds' as const },
      frames: [],
      stacks: [],
    };
    expect(() => mergeProfiles([profile], META)).toThrow("one is in nanoseconds, and can't be added up with samples");
  });
});
