import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Profile, type Thread } from '../../src/model/profile.js';
import { defaultGrouping, GROUPINGS, groupBy } from '../../src/profiles/group-by.js';
import { blankMeta, ProfileBuilder } from '../../src/profiles/profile-builder.js';

const thread = (comm: string | null, pid: number | null, tid: number | null): Thread => ({ comm, pid, tid });

/** A profile in which each thread runs `main`, and then `main;work`. */
function profileOf(threads: (Thread | null)[]): Profile {
  const builder = new ProfileBuilder();
  const [main = 0, work = 0] = ['main', 'work'].map((name) =>
    builder.frame({ name, file: null, line: null, module: null, kind: 'native' }),
  );
  threads.forEach((one, at) => {
    const index = one === null ? undefined : builder.thread(one);
    builder.add([main], 1, 10 + at, { thread: index, atUs: at });
    builder.add([main, work], 1, 1, { thread: index, atUs: at + 0.5 });
  });
  return builder.build(blankMeta({ title: 'any', unit: 'nanoseconds' }));
}

/** `root;main;work weight`, and the sums of equal ones. */
function foldedOf({ frames, stacks }: Profile): string[] {
  const sums = new Map<string, number>();
  for (const stack of stacks) {
    const text = stack.frames.map((index) => frames[index]?.name).join(';');
    sums.set(text, (sums.get(text) ?? 0) + stack.weight);
  }
  return [...sums].map(([text, weight]) => `${text} ${weight}`);
}

const THREADS = [
  thread('nginx', 10, 10),
  thread('dotnet', 20, 20),
  thread('dotnet-gc', 20, 21),
  thread('nginx', 11, 11),
];

describe('groupBy', () => {
  it.each([
    ['none', ['main 46', 'main;work 4']],
    [
      'comm',
      [
        'nginx;main 23',
        'nginx;main;work 2',
        'dotnet;main 11',
        'dotnet;main;work 1',
        'dotnet-gc;main 12',
        'dotnet-gc;main;work 1',
      ],
    ],
    [
      'pid',
      [
        'nginx-10;main 10',
        'nginx-10;main;work 1',
        'dotnet-20;main 23',
        'dotnet-20;main;work 2',
        'nginx-11;main 13',
        'nginx-11;main;work 1',
      ],
    ],
    [
      'tid',
      [
        'nginx-10/10;main 10',
        'nginx-10/10;main;work 1',
        'dotnet-20/20;main 11',
        'dotnet-20/20;main;work 1',
        'dotnet-gc-20/21;main 12',
        'dotnet-gc-20/21;main;work 1',
        'nginx-11/11;main 13',
        'nginx-11/11;main;work 1',
      ],
    ],
  ] as const)('by %s', (by, expected) => {
    const grouped = groupBy(profileOf(THREADS), by);
    expect(foldedOf(grouped)).toEqual(expected);
    expect(Profile.parse(grouped)).toEqual(grouped);
  });

  it('roots are frames of kind thread, and stacks without a thread have none', () => {
    const grouped = groupBy(profileOf([thread('nginx', 10, 10), null]), 'comm');
    expect(grouped.frames.filter(({ kind }) => kind === 'thread')).toEqual([
      { name: 'nginx', file: null, line: null, module: null, kind: 'thread' },
    ]);
    expect(foldedOf(grouped)).toEqual(['nginx;main 10', 'nginx;main;work 1', 'main 11', 'main;work 1']);
  });

  it('what the tool does not tell is a question mark', () => {
    const profile = profileOf([thread('java', null, 30474), thread(null, 7, null)]);
    expect(foldedOf(groupBy(profile, 'pid'))[0]).toBe('java-?;main 10');
    expect(foldedOf(groupBy(profile, 'tid'))[0]).toBe('java-?/30474;main 10');
    expect(foldedOf(groupBy(profile, 'tid'))[2]).toBe('[unknown]-7/?;main 11');
  });

  it('a process is called as what it became by exec', () => {
    const profile = profileOf([thread('perf-exec', 7, 7), thread('spin', 7, 7)]);
    expect(foldedOf(groupBy(profile, 'pid'))).toEqual(['spin-7;main 21', 'spin-7;main;work 2']);
  });

  it('any grouping after any other is as if it were the first, and keeps weights, threads and order', () => {
    const some = fc.constantFrom(null, ...THREADS, thread('java', null, 3), thread(null, null, null));
    fc.assert(
      fc.property(
        fc.array(some, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(...GROUPINGS),
        fc.constantFrom(...GROUPINGS),
        (threads, first, second) => {
          const profile = profileOf(threads);
          const grouped = groupBy(groupBy(profile, first), second);
          expect(grouped).toEqual(groupBy(profile, second));
          expect(grouped.stacks.map(({ weight, samples, thread: of }) => [weight, samples, of])).toEqual(
            profile.stacks.map(({ weight, samples, thread: of }) => [weight, samples, of]),
          );
          expect(grouped.timeline).toEqual(profile.timeline);
        },
      ),
    );
  });
});

describe('defaultGrouping', () => {
  it.each([
    ['one thread', [thread('a', 1, 1)], 'none'],
    ['threads of one process with names of their own', [thread('dotnet', 20, 20), thread('dotnet-gc', 20, 21)], 'none'],
    ['processes of one program', [thread('nginx', 10, 10), thread('nginx', 11, 11)], 'none'],
    ['a program that perf started', [thread('perf-exec', 7, 7), thread('spin', 7, 7)], 'none'],
    ['several programs', THREADS, 'comm'],
    ['several names, and processes unknown', [thread('a', null, 1), thread('b', null, 2)], 'comm'],
    ['threads of one name, and processes unknown', [thread('a', null, 1), thread('a', null, 2)], 'none'],
    ['no threads', [null], 'none'],
  ] as const)('%s', (_, threads, expected) => {
    expect(defaultGrouping(profileOf([...threads]))).toBe(expected);
  });
});
