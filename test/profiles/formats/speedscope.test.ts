import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/profiles/format-error.js';
import { parseSpeedscope as parseSet } from '../../../src/profiles/formats/speedscope.js';

const parseSpeedscope = (text: string, title: string) => {
  const { profiles, chosen } = parseSet(text, title);
  return profiles[chosen] ?? profiles[0];
};

const TEXT = readFileSync('test/fixtures/profiles/speedscope/threads.speedscope.json', 'utf8');

interface HandMade {
  $schema: string;
  activeProfileIndex: number;
  profiles: { events?: { type: string; at: number; frame: number }[]; weights?: number[]; samples?: number[][] }[];
}

/** The hand-made file, changed. */
const changed = (change: (file: HandMade) => void): string => {
  const file = JSON.parse(TEXT) as HandMade;
  change(file);
  return JSON.stringify(file);
};

describe('a file of other tools', () => {
  const profile = parseSpeedscope(TEXT, 'file');
  const stacks = profile.stacks.map(({ frames, samples, weight }) => ({
    stack: frames.map((index) => profile.frames[index]?.name).join(';'),
    samples,
    weight,
  }));

  it('adds up what the calls of one profile and the samples of another one took', () => {
    expect(stacks).toEqual([
      // From 2 to 4, 12 to 15, and 16 to 20.
      { stack: 'main', samples: 3, weight: 9e6 },
      { stack: 'main;parse', samples: 2, weight: 2e6 },
      { stack: 'main;parse;parse', samples: 1, weight: 4e6 },
      { stack: 'main;tcp_sendmsg', samples: 1, weight: 2e6 },
      { stack: 'worker', samples: 2, weight: 450e3 },
      { stack: 'worker;parse', samples: 1, weight: 250e3 },
    ]);
  });

  it('takes frames that never close to last until the end, which speedscope refuses', () => {
    const open = parseSpeedscope(
      changed((file) => file.profiles[0]?.events?.pop()),
      'file',
    );
    expect(open?.stacks).toEqual(profile?.stacks);
  });

  it('keeps its profiles apart as threads, and those of another unit as another profile', () => {
    expect(profile.meta).toMatchObject({ title: 'two threads', unit: 'nanoseconds', tool: 'by hand', durationS: 0.02 });
    expect(profile.meta.caveats).toEqual([
      'The file holds calls, not samples: here a sample is a period in which the stack stayed the same.',
    ]);
    expect(profile.threads.map(({ comm }) => comm)).toEqual(['main thread', 'worker thread']);
    expect(profile.stacks.map(({ thread }) => thread)).toEqual([0, 0, 0, 0, 1, 1]);
    expect(parseSet(TEXT, 'file').profiles.map(({ meta }) => meta.unit)).toEqual(['nanoseconds', 'bytes']);
  });

  it('keeps the order in time', () => {
    expect(profile.timeline).toEqual({
      atUs: [0, 300, 550, 2000, 4000, 5000, 9000, 10000, 12000, 16000],
      stacks: [4, 5, 4, 0, 1, 2, 1, 3, 0, 0],
      weights: [300e3, 250e3, 150e3, 2e6, 1e6, 4e6, 1e6, 2e6, 3e6, 4e6],
    });
  });

  it('guesses kinds by file and name', () => {
    expect(profile.frames.map(({ name, file, line, kind }) => [name, file, line, kind])).toEqual([
      ['main', 'app.py', 3, 'python'],
      ['parse', 'app.py', 10, 'python'],
      ['worker', 'pool.js', null, 'javascript'],
      ['tcp_sendmsg', null, null, 'kernel'],
    ]);
  });

  it('takes the unit of the active profile', () => {
    const heap = parseSpeedscope(
      changed((file) => {
        file.activeProfileIndex = 2;
      }),
      'file',
    );
    expect(heap.meta).toMatchObject({ unit: 'bytes', kind: 'other', durationS: null });
    expect(heap.stacks).toEqual([{ frames: [0], samples: 1, weight: 4096 }]);
  });
});

describe('what is no speedscope file', () => {
  const event = (index: number, change: object) => (file: HandMade) =>
    Object.assign(file.profiles[0]?.events?.[index] ?? {}, change);

  it.each<[string, (file: HandMade) => void, RegExp]>([
    ['closes another frame than the last', event(3, { frame: 0 }), /events\[3\]: closes frame 0; expected frame 1,/],
    ['closes what is not open', event(0, { type: 'C' }), /events\[0\]: closes frame 0; expected an open frame/],
    ['runs backwards', event(1, { at: 1 }), /events\[1\]: at 1, after 2; expected events in order/],
    ['points to a frame that is missing', event(0, { frame: 44 }), /profiles\[0\]\.events: no frame 44; expected/],
    [
      'has a weight too few',
      (file) => file.profiles[1]?.weights?.pop(),
      /^profiles\[1\]\.weights: 2 weights; expected one for each of the 3 samples/,
    ],
    [
      'has a negative weight',
      (file) => file.profiles[1]?.weights?.splice(1, 1, -4),
      /^profiles\[1\]\.weights\[1\]: -4; expected 0 or more/,
    ],
    [
      'has no profile',
      (file) => {
        file.profiles = [];
      },
      /^profiles: .*; expected a file of speedscope's own format/,
    ],
    [
      'has a time that is no number',
      event(2, { at: 'noon' }),
      /^profiles\[0\]\.events\[2\]\.at: .*expected number, received string/,
    ],
  ])('%s', (_, change, message) => {
    expect(() => parseSpeedscope(changed(change), '')).toThrow(FormatError);
    expect(() => parseSpeedscope(changed(change), '')).toThrow(message);
  });
});
