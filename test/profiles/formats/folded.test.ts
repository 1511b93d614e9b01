import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame, Profile } from '../../../src/model/profile.js';
import { exportFolded, parseFolded } from '../../../src/profiles/formats/folded.js';
import { blankMeta, ProfileBuilder } from '../../../src/profiles/profile-builder.js';

const kinds = ['native', 'inlined', 'kernel', 'go', 'javascript', 'python', 'lua', 'unknown'] as const;
/** Names made of what folded stacks stumble over. */
const nastyName = fc.oneof(
  fc.string(),
  fc
    .array(fc.constantFrom(';', '\n', '\r', '%', '25', '3B', '0A', '0D', ' ', '12', '_[k]', '_[j]', 'a', '\\'))
    .map((parts) => parts.join('')),
);
const frame: fc.Arbitrary<Frame> = fc.record({
  name: nastyName,
  file: fc.constant(null),
  line: fc.constant(null),
  module: fc.constantFrom(null, '/usr/bin/node'),
  kind: fc.constantFrom(...kinds),
});
const profile: fc.Arbitrary<Profile> = fc
  .array(fc.tuple(fc.array(frame, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 1_000_000 })), {
    minLength: 1,
  })
  .map((stacks) => {
    const builder = new ProfileBuilder();
    for (const [frames, count] of stacks)
      builder.add(
        frames.map((each) => builder.frame(each)),
        count,
        count,
      );
    return builder.build(blankMeta({ title: 'any', unit: 'samples' }));
  });

describe('folded stacks', () => {
  it('come back from the model as they were', () => {
    fc.assert(
      fc.property(profile, (any) => {
        const text = exportFolded(any);
        expect(exportFolded(parseFolded(text))).toBe(text);
      }),
    );
  });

  it('keep every name and weight', () => {
    const named = frame.map((each) => ({ ...each, kind: 'native' as const }));
    fc.assert(
      fc.property(fc.array(named, { minLength: 1 }), fc.integer({ min: 0 }), (frames, count) => {
        const builder = new ProfileBuilder();
        builder.add(
          frames.map((each) => builder.frame(each)),
          count,
          count,
        );
        const before = builder.build(blankMeta({ title: 'any', unit: 'samples' }));
        const after = parseFolded(exportFolded(before), {
          frame: (name) => ({ name, file: null, line: null, module: null, kind: 'native' }),
        });
        expect(after.stacks).toHaveLength(1);
        expect(after.stacks[0]?.weight).toBe(count);
        expect(after.stacks[0]?.frames.map((index) => after.frames[index]?.name)).toEqual(
          frames.map(({ name }) => name),
        );
      }),
    );
  });

  it('are the same text for the same stacks in any order', () => {
    fc.assert(
      fc.property(
        profile.chain((any) =>
          fc.tuple(fc.constant(any), fc.shuffledSubarray(any.stacks, { minLength: any.stacks.length })),
        ),
        ([any, stacks]) => {
          expect(exportFolded({ ...any, stacks })).toBe(exportFolded(any));
        },
      ),
    );
  });

  it("understand stackcollapse-perf's suffixes", () => {
    const { frames, stacks } = parseFolded('node;lu_[j];malloc_[i];do_syscall_64_[k];[unknown] 12\n');
    expect(frames.map(({ name, kind }) => [name, kind])).toEqual([
      ['node', 'native'],
      ['lu', 'javascript'],
      ['malloc', 'inlined'],
      ['do_syscall_64', 'kernel'],
      ['[unknown]', 'unknown'],
    ]);
    expect(stacks).toEqual([{ frames: [0, 1, 2, 3, 4], samples: 12, weight: 12 }]);
  });

  it('keep names with spaces and what only looks like an escape', () => {
    const text = 'C:\\new;operator new(unsigned long);gopkg.in/yaml%2ev3.Parse;100%25 sure 3\n';
    const parsed = parseFolded(text);
    expect(parsed.frames.map(({ name }) => name)).toEqual([
      'C:\\new',
      'operator new(unsigned long)',
      'gopkg.in/yaml%2ev3.Parse',
      '100%25 sure',
    ]);
    expect(exportFolded(parsed)).toBe(text);
  });

  it('escape so that other tools still see one frame', () => {
    const builder = new ProfileBuilder();
    builder.add([builder.frame({ name: 'a;b\nc%3B', file: null, line: null, module: null, kind: 'native' })], 1, 1);
    const text = exportFolded(builder.build(blankMeta({ title: 'any', unit: 'samples' })));
    expect(text).toBe('a%3Bb%0Ac%253B 1\n');
  });

  it('add up lines of the same stack, and read Windows line ends', () => {
    const parsed = parseFolded('a;b 1\r\na;b 2\r\n\r\n');
    expect(exportFolded(parsed)).toBe('a;b 3\n');
  });

  it('carry samples or weights', () => {
    const parsed = parseFolded('a;b 20202020\n', { unit: 'nanoseconds' });
    expect(parsed.meta.unit).toBe('nanoseconds');
    expect(exportFolded(parsed)).toBe('a;b 20202020\n');
    expect(exportFolded(parsed, { value: 'samples' })).toBe('a;b 1\n');
  });

  it('say which line is none', () => {
    expect(() => parseFolded('a;b 1\nnonsense\n')).toThrow(/line 2: not a folded stack: "nonsense"/);
    expect(() => parseFolded('\n\n')).toThrow(/no stacks/);
  });
});
