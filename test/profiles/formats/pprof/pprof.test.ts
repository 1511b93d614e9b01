import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  Label,
  Line,
  Location,
  Mapping,
  Profile as PprofFile,
  Function as PprofFunction,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../../src/model/profile.js';
import { FormatError } from '../../../../src/profiles/format-error.js';
import { parsePprof, parsePprofSet } from '../../../../src/profiles/formats/pprof/pprof.js';
import { totalsByName, totalWeight } from '../../../support/stack-totals.js';

const captured = (name: string): Profile =>
  parsePprof(gunzipSync(readFileSync(`test/fixtures/profiles/go-pprof/${name}.pb.gz`)), { title: name });

/** What `go tool pprof -top` says of the same files stands beside each figure, see the fixtures' README. */
describe("Go's profiles", () => {
  it('CPU: time by function, rate, duration and start', () => {
    const profile = captured('cpu');
    const totals = totalsByName(profile);
    expect(totalWeight(profile)).toBe(3340e6); // Total samples = 3340ms
    expect(totals.get('runtime.lock2')).toEqual({ self: 640e6, total: 650e6 });
    expect(totals.get('runtime.nanotime')?.self).toBe(450e6);
    expect(totals.get('compress/flate.(*compressor).deflate')).toEqual({ self: 80e6, total: 110e6 });
    expect(profile.stacks.reduce((sum, { samples }) => sum + samples, 0)).toBe(334);
    expect(profile.meta).toMatchObject({
      kind: 'cpu',
      unit: 'nanoseconds',
      rateHz: 100,
      event: 'cpu',
      tool: 'Go runtime/pprof',
      kernel: 'absent',
      profiler: null,
    });
    expect(profile.meta.durationS).toBeCloseTo(4.01, 1);
    expect(profile.meta.startedAt).toMatch(/^2026-11-22T17:52:45/);
    expect(profile.meta.caveats.join()).toContain('Syscall6');
  });

  it('names packages, files and the lines that functions begin at', () => {
    const { frames } = captured('cpu');
    const of = (name: string) => frames.filter((frame) => frame.name === name);
    expect(of('main.(*ledger).charge')).toEqual([
      { name: 'main.(*ledger).charge', file: '/srv/svc/server.go', line: 31, module: 'main', kind: 'go' },
    ]);
    expect(of('net/http.(*conn).serve')).toMatchObject([{ module: 'net/http', kind: 'go' }]);
    expect(of('internal/runtime/syscall/linux.Syscall6')).toMatchObject([{ module: 'internal/runtime/syscall/linux' }]);
    expect(frames.filter(({ kind }) => kind !== 'go')).toEqual([]);
  });

  it('opens what was inlined, between its caller and what it calls', () => {
    const { frames, stacks } = captured('cpu');
    const name = (index: number | undefined) => frames[index ?? -1]?.name;
    const waking = stacks.find(({ frames: stack }) => name(stack.at(-1)) === 'runtime.mutexSampleContention');
    expect(waking && name(waking.frames.at(-2))).toMatch(/^runtime\.(un)?lock2$/);
  });

  it.each([
    ['mutex', 'sync.(*Mutex).Unlock', 655.74e6],
    ['block', 'runtime.selectgo', 88.32e9],
  ])('%s: told apart by where the time is billed', (kind, name, self) => {
    const profile = captured(kind);
    expect(profile.meta).toMatchObject({ kind, unit: 'nanoseconds', event: 'delay', rateHz: null });
    expect((totalsByName(profile).get(name)?.self ?? 0) / self).toBeCloseTo(1, 3);
  });

  it('allocations: bytes, of what was allocated and not of what is in use', () => {
    const profile = captured('allocs');
    expect(profile.meta).toMatchObject({ kind: 'other', unit: 'bytes', event: 'alloc_space', rateHz: null });
    const self = totalsByName(profile).get('compress/flate.NewWriter')?.self ?? 0;
    expect(self / 2 ** 20).toBeCloseTo(5326.49, 1);
    // -sample_index=alloc_objects
    expect(profile.stacks.reduce((sum, { samples }) => sum + samples, 0)).toBe(871055);
  });
});

describe('sample types', () => {
  const heap = () => {
    const file = gunzipSync(readFileSync('test/fixtures/profiles/go-pprof/allocs.pb.gz'));
    return parsePprofSet(file, { title: 'allocs' });
  };

  it('are a profile each, and the default is the one that the file names', () => {
    const { profiles, chosen } = heap();
    expect(profiles.map(({ meta }) => [meta.event, meta.unit])).toEqual([
      ['alloc_objects', 'events'],
      ['alloc_space', 'bytes'],
      ['inuse_objects', 'events'],
      ['inuse_space', 'bytes'],
    ]);
    expect(profiles[chosen]?.meta.event).toBe('alloc_space');
  });

  it('without a default the last one is shown: memory in use, of a heap profile', () => {
    const types = ['alloc_objects/count', 'alloc_space/bytes', 'inuse_objects/count', 'inuse_space/bytes'];
    const { profiles, chosen } = parsePprofSet(handMade({ types, values: [9, 900, 2, 200] }), { title: 'heap' });
    expect(profiles[chosen]?.meta.event).toBe('inuse_space');
    // What is no longer in use isn't in the profile of what is.
    expect(profiles.map(({ stacks }) => stacks.map(({ samples, weight }) => [samples, weight]))).toEqual([
      [[9, 9]],
      [[9, 900]],
      [[2, 2]],
      [[2, 200]],
    ]);
    const named = handMade({ types, values: [9, 900, 2, 200], defaultType: 'alloc_space' });
    expect(parsePprof(named, { title: '' }).meta.event).toBe('alloc_space');
    const unknown = handMade({ types, values: [9, 900, 2, 200], defaultType: 'nothing' });
    expect(parsePprof(unknown, { title: '' }).meta.event).toBe('inuse_space');
  });

  it('in a unit of their own count events', () => {
    const { meta, stacks } = parsePprof(handMade({ types: ['yield/bananas'] }), { title: '' });
    expect(meta).toMatchObject({ unit: 'events', event: 'yield', kind: 'other' });
    expect(stacks.map(({ weight }) => weight)).toEqual([5, 1]);
  });
});

describe('what pprof counts', () => {
  it('samples without a location are part of the total', () => {
    const { frames, stacks } = parsePprof(handMade({ bare: true }), { title: '' });
    const last = stacks.at(-1);
    expect(last).toMatchObject({ weight: 7_000_000 });
    expect(frames[last?.frames[0] ?? -1]).toMatchObject({ name: '[no stack]', kind: 'unknown' });
  });

  it('nothing below a function that the file calls uninteresting', () => {
    const names = (drop: string, keep = '') => {
      const { frames, stacks } = parsePprof(handMade({ drop, keep }), { title: '' });
      return stacks.map(({ frames: stack }) => stack.map((index) => frames[index]?.name).join(';'));
    };
    expect(names('')).toEqual(['handle;outer;inner', 'handle;[unknown] libc.so.6']);
    expect(names('inner|other')).toEqual(['handle;outer', 'handle;[unknown] libc.so.6']);
    expect(names('out.*')).toEqual(['handle', 'handle;[unknown] libc.so.6']);
    expect(names('out.*', 'outer')).toEqual(names(''));
    // Not before the first other function, or nothing would be left.
    expect(names('handle')).toEqual(names(''));
    // Patterns that JavaScript can't read, or may read for ever.
    expect(names('(?i')).toEqual(names(''));
    expect(names('(o+)+r')).toEqual(names(''));
  });

  it('threads where labels name them', () => {
    const { threads, stacks } = parsePprof(handMade({ label: true }), { title: '' });
    expect(threads).toEqual([{ comm: 'main', pid: null, tid: 4711 }]);
    expect(stacks.map(({ thread }) => thread)).toEqual([0, undefined]);
  });
});

describe('profiles of other languages', () => {
  it('keeps the binary as module, inlined frames, units and kinds by file', () => {
    const profile = parsePprof(handMade(), { title: 'hand-made' });
    expect(profile.frames).toEqual([
      { name: 'handle', file: 'app.py', line: 12, module: 'python3', kind: 'python' },
      { name: 'outer', file: 'a.c', line: null, module: 'libc.so.6', kind: 'native' },
      { name: 'inner', file: 'a.h', line: null, module: 'libc.so.6', kind: 'inlined' },
      { name: '[unknown] libc.so.6', file: null, line: null, module: 'libc.so.6', kind: 'unknown' },
    ]);
    expect(profile.stacks).toEqual([
      { frames: [0, 1, 2], samples: 1, weight: 5_000_000 },
      { frames: [0, 3], samples: 1, weight: 1_000_000 },
    ]);
    expect(profile.meta).toMatchObject({ kind: 'cpu', unit: 'nanoseconds', tool: 'pprof', caveats: [] });
  });
});

describe('what is no pprof profile', () => {
  it.each<[string, Parameters<typeof handMade>[0], RegExp]>([
    ['points to a location that is missing', { locationId: 9 }, /sample\[0\]: no location 9; expected/],
    ['points to a function that is missing', { functionId: 9 }, /location \d+: no function 9; expected/],
    ['points to a string that is missing', { nameIndex: 99 }, /function: no string 99; expected/],
    ['has a value too few', { values: [] }, /sample\[0\]: 0 values; expected 1, one a type/],
    [
      'is the difference of two profiles',
      { values: [-4] },
      /sample\[0\]: -4: the file is the difference of two profiles .* gatebench flame diff compares two/,
    ],
  ])('%s', (_, change, message) => {
    expect(() => parsePprof(handMade(change), { title: '' })).toThrow(FormatError);
    expect(() => parsePprof(handMade(change), { title: '' })).toThrow(message);
  });

  it('says at which byte it was cut off, where the decoder reads on', () => {
    const whole = handMade();
    expect(() => parsePprof(whole.subarray(0, whole.length - 3), { title: '' })).toThrow(
      /cut off in the field at byte/,
    );
    expect(() => parsePprof(Buffer.from('hello, world'), { title: '' })).toThrow(/byte \d+/);
    expect(() => parsePprof(new Uint8Array(), { title: '' })).toThrow(/empty; expected a pprof profile/);
  });
});

interface Change {
  locationId?: number;
  functionId?: number;
  nameIndex?: number;
  /** Of the first sample, a value for each type. */
  values?: number[];
  /** `type/unit`. */
  types?: string[];
  defaultType?: string;
  drop?: string;
  keep?: string;
  /** Adds a sample without a location. */
  bare?: boolean;
  /** Gives the first sample a thread. */
  label?: boolean;
}

/** As a sampler of Python and C might write it: wall time in milliseconds, no count of samples, and 64-bit ids. */
function handMade(change: Change = {}): Uint8Array {
  const strings = new StringTable();
  const id = (small: number) => 2n ** 62n + BigInt(small);
  const { values = [5], types = ['wall/milliseconds'] } = change;
  const text = (value: string) => strings.dedup(value);
  const one = (number: number, name: string, file: string, startLine: number) =>
    new PprofFunction({ id: number, name: text(name), filename: text(file), startLine });
  const functions = [one(1, 'handle', 'app.py', 12), one(2, 'outer', 'a.c', 0), one(3, 'inner', 'a.h', 0)];
  if (change.nameIndex !== undefined) functions.push(new PprofFunction({ id: 9, filename: change.nameIndex }));
  const line = (functionId: number) => Line.create({ functionId, line: 77 });
  const label = [
    Label.create({ key: text('thread id'), num: 4711 }),
    Label.create({ key: text('thread name'), str: text('main') }),
  ];
  return new PprofFile({
    sampleType: types.map((type) => {
      const [name = '', unit = ''] = type.split('/');
      return ValueType.create({ type: text(name), unit: text(unit) });
    }),
    sample: [
      Sample.create({
        locationId: [change.locationId ?? id(2), id(1)],
        value: values,
        ...(change.label && { label }),
      }),
      Sample.create({ locationId: [id(3), id(1)], value: types.map(() => (types.length > 1 ? 0 : 1)) }),
      ...(change.bare ? [Sample.create({ locationId: [], value: [7] })] : []),
    ],
    mapping: [
      Mapping.create({ id: 1, filename: text('python3') }),
      Mapping.create({ id: 2, filename: text('libc.so.6') }),
    ],
    location: [
      Location.create({ id: id(1), mappingId: 1, line: [line(1)] }),
      Location.create({ id: id(2), mappingId: 2, line: [line(change.functionId ?? 3), line(2)] }),
      Location.create({ id: id(3), mappingId: 2, address: 4096 }),
    ],
    function: functions,
    dropFrames: text(change.drop ?? ''),
    keepFrames: text(change.keep ?? ''),
    defaultSampleType: text(change.defaultType ?? ''),
    stringTable: strings,
  }).encode();
}
