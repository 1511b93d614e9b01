import fc from 'fast-check';
import { FrameKind, type Profile, ProfileKind, WeightUnit } from '../../src/model/profile.js';
import { blankMeta, ProfileBuilder } from '../../src/profiles/profile-builder.js';

const name = fc.oneof(
  fc.constantFrom('main', 'net/http.(*conn).serve', 'a;b', '[unknown]', 'läuft', '(anonymous 2:44)', 'x<y>::z'),
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
);
const path = fc.option(fc.constantFrom('/srv/app/a.js', '/srv/app/b.py', 'server.go', 'x.c', 'node:fs'), { nil: null });
const module = fc.option(fc.constantFrom('/usr/bin/node', '[kernel]', 'net/http', '@hono/node-server'), { nil: null });

const frame = fc.record({
  name,
  file: path,
  line: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: null }),
  module,
  kind: fc.constantFrom(...FrameKind.options),
});

/** Profiles with unique frames and stacks, as the builder makes them, of any unit and kind. */
export const anyProfile: fc.Arbitrary<Profile> = fc
  .record({
    frames: fc.array(frame, { minLength: 1, maxLength: 12 }),
    stacks: fc.array(
      fc.record({
        frames: fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
        samples: fc.nat({ max: 1_000_000 }),
        weight: fc.nat({ max: 2 ** 46 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    unit: fc.constantFrom(...WeightUnit.options),
    kind: fc.constantFrom(...ProfileKind.options),
    title: fc.string({ minLength: 1 }),
    rateHz: fc.option(fc.constantFrom(50, 99, 100, 1000), { nil: null }),
    durationS: fc.option(fc.constantFrom(0.5, 10, 30.25), { nil: null }),
    startedAt: fc.option(fc.constantFrom('2026-11-22T17:52:45.123Z'), { nil: null }),
    caveats: fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
  })
  .map(({ frames, stacks, ...known }) => {
    const builder = new ProfileBuilder();
    const indices = frames.map((one) => builder.frame(one));
    for (const { frames: stack, samples, weight } of stacks) {
      builder.add(
        stack.map((index) => indices[index % indices.length] ?? 0),
        samples,
        weight,
      );
    }
    return builder.build(blankMeta(known));
  });
