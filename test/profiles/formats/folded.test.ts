import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame, Profile } from '../../../src/model/profile.js';
import { exportFolded, foldedFormat } from '../../../src/profiles/formats/folded.js';
import type { ProfileSet } from '../../../src/profiles/formats/format.js';
import { blankMeta, ProfileBuilder } from '../../../src/profiles/profile-builder.js';
import { parseStream } from '../../support/parse-stream.js';

const kinds = ['native', 'inlined', 'kernel', 'go', 'javascript', 'python', 'lua', 'java', 'unknown'] as const;
/** Names made of what folded stacks stumble over. */
const nastyName = fc.oneof(
  fc.string(),
  fc
    .array(
      fc.constantFrom(
        ';',
        '\n',
        '\r',
        '\t',
        '%',
        '25',
        '20',
        '3B',
        '0A',
        '0D',
        '#',
        ' ',
        '12',
        '1.5',
        '_[k]',
        'a',
        '\\',
      ),
    )
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

const parseSet = (text: string): ProfileSet => parseStream(foldedFormat, text);
const parse = (text: string): Profile => parseSet(text).profiles[0];
const stacksOf = ({ stacks, frames }: Profile) =>
  stacks.map((stack) => [...stack.frames.map((index) => frames[index]?.name), stack.weight]);

describe('folded stacks', () => {
  it('come back from the model as they were', () => {
    fc.assert(
      fc.property(profile, (any) => {
        const text = exportFolded(any);
        expect(exportFolded(parse(text))).toBe(text);
      }),
    );
  });

  it('keep every name and weight', () => {
    const named = frame
      .map((each) => ({ ...each, kind: 'native' as const }))
      .filter(({ name }) => !/_\[[ijk]\]$/.test(name));
    fc.assert(
      fc.property(fc.array(named, { minLength: 1 }), fc.integer({ min: 0 }), (frames, count) => {
        const builder = new ProfileBuilder();
        builder.add(
          frames.map((each) => builder.frame(each)),
          count,
          count,
        );
        const after = parse(exportFolded(builder.build(blankMeta({ title: 'any', unit: 'samples' }))));
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

  it('are read alike wherever the text is cut into chunks', () => {
    fc.assert(
      fc.property(profile, fc.integer({ min: 1, max: 9 }), (any, size) => {
        const text = exportFolded(any);
        const parser = foldedFormat.kind === 'streamed' ? foldedFormat.parser('any') : null;
        for (let at = 0; at < text.length; at += size) parser?.feed(text.slice(at, at + size));
        expect(exportFolded(parser?.end().profiles[0] ?? any)).toBe(text);
      }),
    );
  });

  it("understand stackcollapse-perf's suffixes", () => {
    const { frames, stacks } = parse('node;lu_[j];malloc_[i];do_syscall_64_[k];[unknown] 12\n');
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
    const parsed = parse(text);
    expect(parsed.frames.map(({ name }) => name)).toEqual([
      'C:\\new',
      'operator new(unsigned long)',
      'gopkg.in/yaml%2ev3.Parse',
      '100%25 sure',
    ]);
    expect(exportFolded(parsed)).toBe(text);
  });

  it('escape so that other tools still see one frame, and one number', () => {
    const escaped = (name: string) => {
      const builder = new ProfileBuilder();
      builder.add([builder.frame({ name, file: null, line: null, module: null, kind: 'native' })], 1, 1);
      return exportFolded(builder.build(blankMeta({ title: 'any', unit: 'samples' })));
    };
    expect(escaped('a;b\nc%3B')).toBe('a%3Bb%0Ac%253B 1\n');
    expect(escaped('thread 12')).toBe('thread%2012 1\n');
    expect(escaped('# 7')).toBe('#%207 1\n');
    expect(escaped('# a')).toBe('%23 a 1\n');
    expect(escaped('ends ')).toBe('ends%20 1\n');
  });

  it('add up lines of the same stack, and read Windows line ends', () => {
    expect(exportFolded(parse('a;b 1\r\na;b 2\r\n\r\n'))).toBe('a;b 3\n');
  });

  it('carry samples or weights', () => {
    const builder = new ProfileBuilder();
    builder.add([builder.frame({ name: 'a', file: null, line: null, module: null, kind: 'native' })], 2, 20202020);
    const timed = builder.build(blankMeta({ title: 'any', unit: 'nanoseconds' }));
    expect(exportFolded(timed)).toBe('a 20202020\n');
    expect(exportFolded(timed, { value: 'samples' })).toBe('a 2\n');
  });

  it.each([
    ['blanks after the number', 'a;b 1 \na;c 2\t\r\n'],
    ['tabs before the number', 'a;b\t1\na;c\t2\n'],
    ['several blanks before the number', 'a;b    1\na;c \t 2\n'],
    ['comments', '# collapsed on Sunday 29\n#\na;b 1\n# more\na;c 2\n'],
    ['empty lines', '\n\na;b 1\n   \na;c 2'],
  ])('with %s', (_, text) => {
    const parsed = parse(text);
    expect(stacksOf(parsed)).toEqual([
      ['a', 'b', 1],
      ['a', 'c', 2],
    ]);
    expect(parsed.meta.caveats).toEqual([]);
  });
});

describe('differential folded stacks', () => {
  it('hold two profiles, and the second is shown', () => {
    const { profiles, chosen } = parseSet('a;b 3 5\na;c 0 2\na 1 0\n');
    expect(profiles.map((each) => [each.meta.event, stacksOf(each)])).toEqual([
      [
        'before',
        [
          ['a', 'b', 3],
          ['a', 1],
        ],
      ],
      [
        'after',
        [
          ['a', 'b', 5],
          ['a', 'c', 2],
        ],
      ],
    ]);
    expect(chosen).toBe(1);
    expect(profiles[1]?.meta.caveats).toEqual([expect.stringMatching(/^A differential file: /)]);
  });

  it('need two numbers on every line: elsewhere the first is part of a name', () => {
    const { profiles } = parseSet('a;thread 3 5\na;c 2\n');
    expect(profiles.map(stacksOf)).toEqual([
      [
        ['a', 'thread 3', 5],
        ['a', 'c', 2],
      ],
    ]);
  });

  it('that lose their second number after many lines are refused with the line', () => {
    const text = `${'a;b 3 5\n'.repeat(10_000)}a;c 2\n`;
    expect(() => parse(text)).toThrow(/^line 10001: one number: "a;c 2"; expected two, as on the lines before$/);
  });
});

describe('lines that are no stacks', () => {
  it('are counted and left out', () => {
    const parsed = parse('a;b 1\nnonsense\na;c twelve\na;b 2\na;c 3\n');
    expect(stacksOf(parsed)).toEqual([
      ['a', 'b', 3],
      ['a', 'c', 3],
    ]);
    expect(parsed.meta.caveats).toEqual([
      '2 of 5 lines were not understood and are left out; the first is line 2: "nonsense".',
    ]);
  });

  it('are refused where they are half of the text', () => {
    expect(() => parse('a;b 1\nnonsense\n')).toThrow(/^line 2: not a folded stack: "nonsense"; expected frames/);
    expect(() => parse('a;b 1\na;b -3\n')).toThrow(/line 2: not a folded stack/);
    expect(parse('\n\n').stacks).toEqual([]);
  });

  it.each(['1e309', '1e300', '9007199254740992'])(
    'with a number like %s are refused: nothing adds up with it',
    (number) => {
      expect(() => parse(`a 3\na ${number}\n`)).toThrow(`line 2: ${number} is too large; expected numbers up to 2^53`);
    },
  );

  it('whose numbers add up to too much are refused', () => {
    expect(() => parse(`a ${2 ** 53 - 1}\na 1\n`)).toThrow(/the samples add up to 9007199254740992/);
  });
});
