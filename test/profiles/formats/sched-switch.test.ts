import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Profile } from '../../../src/model/profile.js';
import { FormatError } from '../../../src/profiles/format-error.js';
import { SchedSwitchParser } from '../../../src/profiles/formats/sched-switch.js';

const WAIT = readFileSync(new URL('../../fixtures/profiles/perf-switches/wait-c.txt', import.meta.url), 'utf8');

function parsed(text: string, chunkBytes = text.length): Profile {
  const parser = new SchedSwitchParser();
  for (let at = 0; at < text.length; at += chunkBytes) parser.feed(text.slice(at, at + chunkBytes));
  return parser.end();
}

function waitedNs({ frames, stacks }: Profile, name: string): number {
  const index = frames.findIndex((frame) => frame.name === name);
  return stacks.filter((stack) => stack.frames.includes(index)).reduce((sum, { weight }) => sum + weight, 0);
}

function out(tid: number, at: string, state: string, ...stack: string[]): string {
  const frames = stack.map((name, index) => `\t           ${index + 1}0 ${name}+0x1 (/srv/app)\n`).join('');
  const what = `prev_comm=a b prev_pid=${tid} prev_prio=120 prev_state=${state} ==> next_comm=c next_pid=9 next_prio=120`;
  return `a b ${tid} ${at}: sched:sched_switch: ${what}\n${frames}\n`;
}
const back = (tid: number, at: string) => `a b ${tid} ${at}: PERF_RECORD_SWITCH IN         \n`;

describe('perf script of a real program', () => {
  const profile = parsed(WAIT);

  it('gives each function its share of the waiting', () => {
    const main = waitedNs(profile, 'main');
    expect(Math.abs((100 * waitedNs(profile, 'wait_futex')) / main - 50)).toBeLessThan(5);
    expect(Math.abs((100 * waitedNs(profile, 'wait_sleep')) / main - 30)).toBeLessThan(5);
    expect(Math.abs((100 * waitedNs(profile, 'wait_pipe')) / main - 20)).toBeLessThan(5);
  });

  it('says what it is', () => {
    expect(Profile.parse(profile)).toEqual(profile);
    expect(profile.meta).toMatchObject({
      kind: 'off-cpu',
      unit: 'nanoseconds',
      profiler: 'off-cpu',
      event: 'sched:sched_switch',
      tool: 'perf 6.1.187',
      kernel: 'named',
      durationS: expect.closeTo(0.608, 2),
      lost: 0,
    });
  });

  it('keeps what a stack leads from and to', () => {
    const sleep = profile.stacks.find(({ frames }) =>
      frames.some((index) => profile.frames[index]?.name === 'wait_sleep'),
    );
    const names = sleep?.frames.map((index) => profile.frames[index]?.name) ?? [];
    expect(names.slice(0, 4)).toEqual(['_start', '__libc_start_main@@GLIBC_2.34', '__libc_start_call_main', 'main']);
    // Without the scheduler's own functions, by which every wait ends.
    expect(names.slice(-2)).toEqual(['hrtimer_nanosleep', 'do_nanosleep']);
    expect(profile.frames.filter(({ name }) => /schedule/.test(name))).toEqual([]);
  });

  it.each([1, 7, 4096])('comes out the same in pieces of %i', (bytes) => {
    expect(parsed(WAIT, bytes)).toEqual(profile);
  });
});

describe('what a wait is', () => {
  it('has waiting for a CPU at the tip of its stack', () => {
    const profile = parsed(
      out(5, '1.000000000', 'R+', 'work', 'main') +
        back(5, '1.500000000') +
        out(5, '2.000000000', 'S', 'work', 'main') +
        back(5, '2.250000000'),
    );
    const stacks = profile.stacks.map(({ frames, weight }) => [frames.map((i) => profile.frames[i]?.name), weight]);
    expect(stacks).toEqual([
      [['main', 'work', '[waiting for a CPU]'], 5e8],
      [['main', 'work'], 2.5e8],
    ]);
    expect(profile.meta.caveats[0]).toMatch(/^66\.7 % of the waiting was for a CPU/);
  });

  it('lasts to the end of the recording where nobody came back', () => {
    const profile = parsed(out(5, '1.000000', 'S', 'main') + out(6, '3.000000', 'S', 'other') + back(6, '3.500000'));
    expect(waitedNs(profile, 'main')).toBe(2.5e9);
    expect(waitedNs(profile, 'other')).toBe(0.5e9);
    expect(profile.meta.caveats.join(' ')).toContain('83.3 % is in waits that outlast the recording');
  });

  it('tells of an event loop that waits for work, and of threads that carry goroutines', () => {
    const epoll = out(5, '1.0000000', 'S', 'main')
      .replace('1.0000000', '1.000000')
      .replace('\t ', '\tffffffff81000000 ep_poll+0x1 ([kernel.kallsyms])\n\t ');
    const go = out(6, '1.000000', 'S', 'runtime.futex.abi0', 'runtime.mstart');
    const { caveats } = parsed(epoll + go + back(5, '1.300000') + back(6, '1.100000')).meta;
    expect(caveats.join('\n')).toContain('75 % of the waiting is by threads that wait for work');
    expect(caveats.join('\n')).toContain('A waiting goroutine frees its thread for others');
  });

  it('knows the threads that Go has parked', () => {
    const parked = out(6, '1.000000', 'S', 'runtime.futex', 'runtime.notesleep', 'runtime.stopm', 'runtime.mcall');
    const { caveats } = parsed(parked + back(6, '1.100000')).meta;
    expect(caveats[0]).toMatch(/^100 % of the waiting is by threads that wait for work/);
  });

  it('counts lost events', () => {
    const lost = 'a b 5 1.200000: PERF_RECORD_LOST lost 12\n';
    const { meta } = parsed(out(5, '1.000000', 'S', 'main') + lost + lost + back(5, '1.500000'));
    expect(meta.lost).toBe(24);
    expect(meta.caveats.join(' ')).toContain('24 events were lost');
  });

  it('is one stack, however often', () => {
    const turns = Array.from({ length: 500 }, (_, i) => out(5, `${i}.000000`, 'S', 'main') + back(5, `${i}.000001`));
    const profile = parsed(turns.join(''));
    expect(profile.stacks).toEqual([{ frames: [0], samples: 500, weight: 500_000 }]);
  });
});

describe('what is no such text', () => {
  it.each([
    ['# only a header\n', 'no waits'],
    ['hello\n', 'line 1: not a line of perf script: "hello"'],
    ['\t  10 main+0x1 (/srv/app)\n', 'line 1: not a line'],
    [`${back(5, '1.000000')}nonsense\n`, 'line 2: not a line'],
  ])('%j is refused', (text, message) => {
    expect(() => parsed(text)).toThrow(FormatError);
    expect(() => parsed(text)).toThrow(message);
  });
});
