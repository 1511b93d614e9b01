import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../src/model/profile.js';
import { javaFoldedFormat } from '../../../src/profiles/formats/java-folded.js';
import { rbspyFormat } from '../../../src/profiles/formats/rbspy.js';
import { parseSpeedscope } from '../../../src/profiles/formats/speedscope.js';
import { parseStream } from '../../support/parse-stream.js';
import { totalWeight } from '../../support/stack-totals.js';

const leaf = ({ frames }: Profile) => frames.at(-1);
const java = (line: string) => parseStream(javaFoldedFormat, `${line} 1\n`).profiles[0];

describe("async-profiler's collapsed stacks", () => {
  it.each([
    ['java/util/HashMap.get', 'java.util.HashMap.get', 'java.util', 'java'],
    ['java/util/HashMap.get_[j]', 'java.util.HashMap.get', 'java.util', 'java'],
    ['java/util/HashMap.hash_[i]', 'java.util.HashMap.hash', 'java.util', 'inlined'],
    ['org/x/Box.<init>_[0]', 'org.x.Box.<init>', 'org.x', 'java'],
    ['org/x/Box.put_[1]', 'org.x.Box.put', 'org.x', 'java'],
    [
      'io/netty/channel/nio/NioEventLoop:.run_[j]',
      'io.netty.channel.nio.NioEventLoop.run',
      'io.netty.channel.nio',
      'java',
    ],
    ['Ljava/lang/Thread:::run', 'java.lang.Thread.run', 'java.lang', 'java'],
    ['java.util.HashMap.get_[j]', 'java.util.HashMap.get', 'java.util', 'java'],
    ['org/x/A$$Lambda/0x7f00c1.apply_[j]', 'org.x.A$$Lambda/0x7f00c1.apply', 'org.x', 'java'],
    ['org/x/A.put(ILjava/lang/String|[[B)V', 'org.x.A.put(int, java.lang.String, byte[][])', 'org.x', 'java'],
    ['Burn.hash(I)J_[j]', 'Burn.hash(int)', null, 'java'],
    ['Burn$$Lambda$2.0x00007f5e.run', 'Burn$$Lambda$2.0x00007f5e.run', null, 'java'],
    ['Unsafe_Park.cold', 'Unsafe_Park.cold', null, 'native'],
    ['Interpreter_[j]', 'Interpreter', null, 'java'],
    ['java.lang.String[]_[i]', 'java.lang.String[]', null, 'java'],
    ['java.lang.String_[k]', 'java.lang.String', null, 'java'],
    ['do_syscall_64_[k]', 'do_syscall_64', '[kernel]', 'kernel'],
    ['JavaThread::run', 'JavaThread::run', null, 'native'],
  ])('%s', (text, name, module, kind) => {
    expect(leaf(java(`start_thread;${text}`))).toMatchObject({ name, module, kind });
  });

  it('take no time for names of many parts, or a test would never end', () => {
    const parts = 200_000;
    expect(leaf(java(`a;${'x/'.repeat(parts)}`))?.kind).toBe('native');
    expect(leaf(java(`a;java/x/${'.'.repeat(parts)}`))?.kind).toBe('native');
    expect(leaf(java(`a;${'x/'.repeat(parts)}Y.run`))?.kind).toBe('java');
  });

  it('keep the symbol that a name was made from', () => {
    expect(leaf(java('java/util/HashMap.get_[j]'))?.rawName).toBe('java/util/HashMap.get');
    expect(leaf(java('java.util.HashMap.get_[j]'))?.rawName).toBeUndefined();
  });

  it('have threads at their root', () => {
    const { threads, stacks, frames } = java('[http-nio-8080-exec-1 tid=4711];java/lang/Thread.run_[j]');
    expect(threads).toEqual([{ comm: 'http-nio-8080-exec-1', pid: null, tid: 4711 }]);
    expect(stacks).toEqual([{ frames: [0], samples: 1, weight: 1, thread: 0 }]);
    expect(frames).toHaveLength(1);
    expect(java('[tid=7];java/lang/Thread.run').threads).toEqual([{ comm: null, pid: null, tid: 7 }]);
  });
});

describe('captures of async-profiler', () => {
  const read = (name: string) => {
    const text = gunzipSync(readFileSync(`test/fixtures/profiles/async-profiler/${name}.collapsed.gz`)).toString();
    const numbers = text
      .trim()
      .split('\n')
      .map((line) => Number(line.slice(line.lastIndexOf(' '))));
    const { profiles } = parseStream(javaFoldedFormat, text);
    return { profile: profiles[0], total: numbers.reduce((sum, count) => sum + count, 0) };
  };

  it('with marks and threads', () => {
    const { profile, total } = read('threads');
    expect(totalWeight(profile)).toBe(total);
    expect(profile.threads.map(({ comm }) => comm)).toEqual(
      expect.arrayContaining(['DestroyJavaVM', 'sorter', 'C1 CompilerThre']),
    );
    const sorter = profile.threads.findIndex(({ comm }) => comm === 'sorter');
    const sorting = profile.stacks.filter(({ thread }) => thread === sorter);
    expect(sorting.length).toBeGreaterThan(1);
    for (const { frames } of sorting) expect(profile.frames[frames[0] ?? -1]?.name).toBe('java.lang.Thread.run');
    const kinds = new Set(profile.frames.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['java', 'inlined', 'native', 'kernel', 'unknown']));
    // Every method has a name to read: no class has a slash but before a hidden one's address.
    const slashed = profile.frames.filter(({ kind, name }) => kind === 'java' && /\/(?!0x)/.test(name));
    expect(slashed).toEqual([]);
  });

  it('with signatures', () => {
    const { profile, total } = read('signatures');
    expect(totalWeight(profile)).toBe(total);
    const names = profile.frames.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['Burn.hash(int)', 'java.lang.Thread.run()']));
    expect(profile.frames.filter(({ kind, name }) => kind === 'java' && /[|;]/.test(name))).toEqual([]);
  });
});

describe("rbspy's collapsed stacks", () => {
  it('have the file that ran, its gem, and C functions', () => {
    const { frames, meta } = parseStream(
      rbspyFormat,
      '<main> - app.rb:14;call - /usr/lib/ruby/gems/3.1.0/gems/rack-2.2.4/lib/rack/head.rb:12;sleep [c function] - (unknown):0 3\n' +
        '<main> - app.rb:15 2\n',
    ).profiles[0];
    expect(frames).toEqual([
      { name: '<main>', file: 'app.rb', line: null, module: null, kind: 'ruby' },
      {
        name: 'call',
        file: '/usr/lib/ruby/gems/3.1.0/gems/rack-2.2.4/lib/rack/head.rb',
        line: null,
        module: 'rack',
        kind: 'ruby',
      },
      { name: 'sleep', file: null, line: null, module: 'ruby', kind: 'native' },
    ]);
    expect(meta.tool).toBe('rbspy');
  });
});

describe("dotnet-trace's speedscope files", () => {
  const frames = [
    'Process64 app (41) Args: --x',
    '(Non-Activities)',
    'Threads',
    'Thread (4711)',
    'app!Program.Main(class System.String[])',
    'System.Private.CoreLib!System.String.Concat(class System.String)',
    'CPU_TIME',
    'UNMANAGED_CODE_TIME',
    '?!?',
  ];
  const events = [
    ...[0, 1, 2, 3, 4].map((frame) => ({ type: 'O', frame, at: 0.5 })),
    { type: 'O', frame: 6, at: 0.5 },
    { type: 'C', frame: 6, at: 2.5 },
    { type: 'O', frame: 5, at: 2.5 },
    { type: 'O', frame: 6, at: 2.5 },
    { type: 'C', frame: 6, at: 3 },
    { type: 'C', frame: 5, at: 3 },
    { type: 'O', frame: 8, at: 3 },
    { type: 'O', frame: 7, at: 3 },
    { type: 'C', frame: 7, at: 10.5 },
    { type: 'C', frame: 8, at: 10.5 },
    ...[4, 3, 2, 1, 0].map((frame) => ({ type: 'C', frame, at: 10.5 })),
  ];
  const thread = (name: string) => ({
    type: 'evented',
    name,
    unit: 'milliseconds',
    // As TraceEvent writes them: texts.
    startValue: '0.5',
    endValue: '10.5',
    events,
  });
  const text = JSON.stringify({
    exporter: 'speedscope@1.3.2',
    name: 'app.nettrace',
    activeProfileIndex: 0,
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    shared: { frames: frames.map((name) => ({ name })) },
    profiles: [thread('Thread (4711)'), thread('Thread (4712)')],
  });

  const stacksOf = (profile: Profile) =>
    profile.stacks.map(({ frames: stack, weight, thread: index }) => [
      stack.map((frame) => profile.frames[frame]?.name).join(';'),
      profile.threads[index ?? -1]?.tid,
      weight,
    ]);
  const main = 'Program.Main(class System.String[])';
  const concat = `${main};System.String.Concat(class System.String)`;

  it('hold the time in which managed code ran, and all time, by thread', () => {
    const { profiles, chosen } = parseSpeedscope(text, 'app');
    expect(chosen).toBe(0);
    expect(profiles.map(({ meta }) => [meta.event, meta.kind])).toEqual([
      ['cpu-time', 'cpu'],
      ['wall-clock', 'other'],
    ]);
    const [cpu, wall] = profiles;
    expect(stacksOf(cpu)).toEqual([
      [main, 4711, 2e6],
      [concat, 4711, 0.5e6],
      [main, 4712, 2e6],
      [concat, 4712, 0.5e6],
    ]);
    expect(wall && stacksOf(wall)).toEqual([
      [main, 4711, 2e6],
      [concat, 4711, 0.5e6],
      [`${main};[unknown]`, 4711, 7.5e6],
      [main, 4712, 2e6],
      [concat, 4712, 0.5e6],
      [`${main};[unknown]`, 4712, 7.5e6],
    ]);
    expect(cpu.timeline).toEqual({ atUs: [0, 0, 2000, 2000], stacks: [0, 2, 1, 3], weights: [2e6, 2e6, 0.5e6, 0.5e6] });
  });

  it('have methods with their assembly as module', () => {
    expect(parseSpeedscope(text, 'app').profiles[0].frames).toEqual([
      { name: main, file: null, line: null, module: 'app', kind: 'dotnet' },
      {
        name: 'System.String.Concat(class System.String)',
        file: null,
        line: null,
        module: 'System.Private.CoreLib',
        kind: 'dotnet',
      },
      { name: '[unknown]', file: null, line: null, module: null, kind: 'unknown' },
    ]);
  });
});
