import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../src/model/profile.js';
import { parseChromeTrace } from '../../../src/profiles/formats/chrome-trace.js';
import { parseCpuProfile } from '../../../src/profiles/formats/cpuprofile.js';
import { parseFirefox } from '../../../src/profiles/formats/firefox/firefox.js';
import { parseHeapProfile } from '../../../src/profiles/formats/heapprofile.js';
import {
  CHROME_TRACE,
  GECKO_PROFILE,
  HEAP_PROFILE,
  OLDER_CPU_PROFILE,
  PROCESSED_PROFILE,
} from '../../support/browser-profiles.js';

/** `main;parse@70 5`: names, thread, weight. */
const stacksOf = ({ stacks, frames, threads }: Profile): string[] =>
  stacks.map(({ frames: stack, thread, weight }) => {
    const names = stack.map((index) => frames[index]?.name).join(';');
    return `${names}${thread === undefined ? '' : `@${threads[thread]?.tid}`} ${weight}`;
  });

describe("DevTools' traces", () => {
  it.each([
    ['an object', JSON.stringify({ metadata: {}, traceEvents: CHROME_TRACE })],
    ['a list', JSON.stringify(CHROME_TRACE)],
    ['a list that was cut off between events', `${JSON.stringify(CHROME_TRACE).slice(0, -1)},\n`],
  ])('as %s hold a profile for each thread, without idle time', (_, text) => {
    const profile = parseChromeTrace(text, 'trace');
    expect(stacksOf(profile)).toEqual([
      'main@70 200000',
      'main;parse@70 300000',
      '(program)@70 100000',
      'main@71 500000',
      'main;parse@71 50000',
    ]);
    expect(profile.threads).toEqual([
      { comm: 'CrRendererMain', pid: 7, tid: 70 },
      { comm: 'DedicatedWorker thread', pid: 7, tid: 71 },
    ]);
    expect(profile.meta).toMatchObject({ unit: 'nanoseconds', kind: 'cpu', durationS: 0.0009 });
    expect(profile.meta.caveats[0]).toBe(
      '14.8 % of the time the threads were idle; that time is left out, and shares are of the rest.',
    );
    expect(profile.timeline?.atUs).toEqual([0, 50, 150, 250, 500, 750]);
  });

  it('may lack the start of a profile, or nodes of it, where the buffer was full', () => {
    const chunk = (id: string, samples: number[]) => ({
      name: 'ProfileChunk',
      pid: 7,
      tid: 79,
      id,
      ts: 2000,
      args: { data: { cpuProfile: { samples }, timeDeltas: samples.map(() => 10) } },
    });
    const [profile] = CHROME_TRACE.filter(({ name }) => name === 'Profile');
    const events = [chunk('0x9', [1, 2]), chunk('0x1', [88, 88, 88]), { ...profile, ts: 1 }];
    expect(stacksOf(parseChromeTrace(JSON.stringify(events), 'cut'))).toEqual(['[unknown]@70 20000']);
  });

  it("hold Chrome's older single event, too", () => {
    const cpuProfile = { nodes: [{ id: 1, callFrame: { functionName: 'main' } }], samples: [1, 1], timeDeltas: [0, 7] };
    const events = [{ name: 'CpuProfile', ph: 'I', pid: 7, tid: 70, ts: 1, args: { data: { cpuProfile } } }];
    expect(stacksOf(parseChromeTrace(JSON.stringify(events), 'old'))).toEqual(['main@70 7000']);
  });

  it('say what is missing, and where', () => {
    expect(() => parseChromeTrace('{"traceEvents": [{"name": "RunTask"}]}', '')).toThrow(
      /^traceEvents: a trace without a CPU profile; expected a trace of DevTools' Performance panel, with CPU profiles/,
    );
    expect(() => parseChromeTrace('{"traceEvents": 3}', '')).toThrow(/^traceEvents: no list of events/);
    expect(() => parseChromeTrace('{"traceEvents": [{"name": "Profile", "pid": 7, "tid": "x"}]}', '')).toThrow(
      /^traceEvents\[0\]\.tid: .*expected number/,
    );
  });
});

describe("V8's older trees", () => {
  it('have times in seconds, and lines from 1', () => {
    const profile = parseCpuProfile(JSON.stringify(OLDER_CPU_PROFILE), 'old');
    expect(stacksOf(profile)).toEqual(['main 200000', 'main;parse 300000']);
    expect(profile.frames.map(({ line }) => line)).toEqual([1, 10]);
    expect(profile.meta).toMatchObject({ unit: 'nanoseconds', durationS: 0.0005 });
  });

  it('may have one time more than samples: the end', () => {
    const ended = { ...OLDER_CPU_PROFILE, samples: [2, 3, 2] };
    expect(stacksOf(parseCpuProfile(JSON.stringify(ended), 'old'))).toEqual(['main 200000', 'main;parse 300000']);
  });

  it('may have hit counts only', () => {
    const { head } = OLDER_CPU_PROFILE;
    const profile = parseCpuProfile(JSON.stringify({ head }), 'old');
    expect(stacksOf(profile)).toEqual(['main 2', 'main;parse 1']);
    expect(profile.meta.unit).toBe('samples');
  });

  it('say which node is none', () => {
    const text = JSON.stringify({ head: { functionName: '(root)', children: [{ functionName: 3 }] } });
    expect(() => parseCpuProfile(text, '')).toThrow(/^head\.children\[0\]\.functionName: .*expected string/);
  });
});

describe("V8's heap profiles", () => {
  it('are bytes by where they were allocated', () => {
    const profile = parseHeapProfile(JSON.stringify(HEAP_PROFILE), 'heap');
    expect(stacksOf(profile)).toEqual(['main 100', 'main;parse 400']);
    expect(profile.meta).toMatchObject({ unit: 'bytes', kind: 'other', event: 'inuse_space' });
  });
});

describe("the Firefox Profiler's profiles", () => {
  const processed = (change: object = {}) => parseFirefox(JSON.stringify({ ...PROCESSED_PROFILE, ...change }), 'app');

  it('hold CPU time where the file has it, and the time between samples', () => {
    const { profiles, chosen } = processed();
    expect(chosen).toBe(0);
    expect(profiles.map(({ meta }) => [meta.event, meta.kind, meta.unit])).toEqual([
      ['cpu-time', 'cpu', 'nanoseconds'],
      ['wall-clock', 'other', 'nanoseconds'],
    ]);
    // The first sample's CPU time is of before the recording.
    expect(profiles.map(stacksOf)).toEqual([
      ['main;parse;copy@41 900000', 'main;parse;[unknown] app@41 400000', 'main;sys_read@41 100000'],
      [
        'main@41 1000000',
        'main;parse;copy@41 1000000',
        'main;parse;[unknown] app@41 1000000',
        'main;sys_read@41 1000000',
        'main;parse@42 8000000',
      ],
    ]);
    expect(profiles[1]?.timeline?.atUs).toEqual([0, 1000, 1000, 2000, 2000, 3000]);
    expect(profiles[0].meta).toMatchObject({ tool: 'samply', kernel: 'named', startedAt: '2023-11-14T22:13:20.000Z' });
  });

  it('know the kind, library and file of a function', () => {
    expect(processed().profiles[0].frames).toEqual([
      { name: 'main', file: 'app.rs', line: null, module: '/srv/app', kind: 'native' },
      { name: 'parse', file: 'app.rs', line: null, module: '/srv/app', kind: 'native' },
      { name: 'copy', file: 'app.rs', line: null, module: '/srv/app', kind: 'inlined' },
      { name: '[unknown] app', file: null, line: null, module: '/srv/app', kind: 'unknown' },
      { name: 'sys_read', file: null, line: null, module: '[kernel]', kind: 'kernel' },
    ]);
  });

  it('may have tables of their own in each thread, as before version 60', () => {
    const { shared, threads } = PROCESSED_PROFILE;
    const own = { shared: undefined, threads: threads.map((thread) => ({ ...shared, ...thread })) };
    expect(processed(own)).toEqual(processed());
  });

  it('may say how far before a stack its caller is, and where a frame’s library is, as since version 66 and 70', () => {
    const { shared } = PROCESSED_PROFILE;
    const newer = {
      shared: {
        ...shared,
        stackTable: { prefixOffset: [0, 1, 1, 2, 4], frame: shared.stackTable.frame },
        frameTable: { ...shared.frameTable, lib: [0, 0, 0, 0, -1] },
        funcTable: { ...shared.funcTable, fileName: undefined, source: [0, 0, 0, null, null] },
        sources: { filename: [5] },
        resourceTable: { name: [6] },
      },
    };
    expect(processed(newer)).toEqual(processed());
  });

  it('of Firefox itself are rows with a schema, of several processes', () => {
    const { profiles } = parseFirefox(JSON.stringify(GECKO_PROFILE), 'gecko');
    expect(profiles.map(stacksOf)).toEqual([
      ['main;parse@51 4000000', '[unknown] libxul.so@51 2000000', '[unknown]@52 2000000'],
    ]);
    expect(profiles[0].frames.find(({ name }) => name === 'parse')).toEqual({
      name: 'parse',
      file: 'https://x.org/app.js',
      line: 9,
      module: null,
      kind: 'javascript',
    });
    // The oldest have child processes as texts among the threads, and libraries as a text.
    const [child] = GECKO_PROFILE.processes;
    const oldest = {
      ...GECKO_PROFILE,
      libs: JSON.stringify(GECKO_PROFILE.libs),
      threads: [...GECKO_PROFILE.threads, JSON.stringify(child)],
      processes: undefined,
    };
    expect(parseFirefox(JSON.stringify(oldest), 'gecko').profiles).toEqual(profiles);
    // As the performance panel saved it until 2022.
    const saved = { label: '', duration: 5, markers: [], profile: GECKO_PROFILE };
    expect(parseFirefox(JSON.stringify(saved), 'gecko').profiles).toEqual(profiles);
  });

  it('say what is wrong, and where', () => {
    const { shared, threads } = PROCESSED_PROFILE;
    const cyclic = { ...shared, stackTable: { prefix: [1, 0, 1, 1, 0], frame: [0, 1, 2, 3, 4] } };
    expect(() => processed({ shared: cyclic })).toThrow(/^threads\[0\]\.stackTable: stack 1 calls 0; expected callers/);
    const outside = { ...shared, frameTable: { ...shared.frameTable, func: [0, 1, 99, 3, 4] } };
    expect(() => processed({ shared: outside })).toThrow(/^threads\[0\]\.frameTable: frame 2 has no name/);
    const [thread] = threads;
    const diff = [{ ...thread, samples: { ...thread?.samples, weight: [-1, 1, 1, 1, 1] } }];
    expect(() => processed({ threads: diff })).toThrow(/samples\.weight\[0\]: -1000000: a comparison of two profiles/);
    expect(() => parseFirefox('{"meta": {}}', '')).toThrow(/^threads?: no list|^\.threads: no list/);
  });
});
