import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactCpuTime, readThreadTimes } from '../../src/sampling/exact-cpu-time.js';

const threads = (...ms: number[]) => new Map(ms.map((each, index) => [index + 1, each]));

/** As /proc/PID/stat has it: user and system time are cut to whole ticks of 10 ms. */
const ticks = (ms: number) => Math.floor(ms / 10) * 10;

describe('the CPU time of a process', () => {
  it('is finer than ticks', () => {
    const time = new ExactCpuTime();
    expect(time.update(10, threads(12.25, 1.5))).toBe(13.75);
    expect(time.update(10, threads(17.5, 1.5))).toBe(19);
  });

  it('is in ticks where the scheduler’s clock isn’t there', () => {
    const time = new ExactCpuTime();
    expect(time.update(10, null)).toBe(10);
    expect(time.update(30, null)).toBe(30);
  });

  it('keeps what ended threads have used, known by their last reading or by ticks', () => {
    const time = new ExactCpuTime();
    expect(time.update(40, threads(20, 25))).toBe(45);
    // The second worked on for 20 ms, then ended.
    expect(time.update(60, threads(20))).toBe(60);
    expect(time.update(60, threads(21))).toBe(61);
  });

  it('counts threads that ended before the first reading', () => {
    expect(new ExactCpuTime().update(500, threads(3))).toBe(500);
  });

  it('takes a thread whose ID was given away for another one', () => {
    const time = new ExactCpuTime();
    time.update(40, threads(20, 25));
    expect(time.update(40, threads(20, 1))).toBe(46);
  });

  it('isn’t swayed for good by a thread that the scheduler hasn’t looked at', () => {
    const time = new ExactCpuTime();
    time.update(0, threads(1));
    // 30 ms by ticks, of which the scheduler's clock has 26 so far.
    expect(time.update(30, threads(26))).toBe(30);
    expect(time.update(30, threads(35))).toBe(35);
  });

  it('never falls, and is within a tick of what was used, whatever threads begin and end', () => {
    const step = fc.record({ work: fc.array(fc.nat(40), { maxLength: 4 }), ends: fc.nat(6), begins: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const time = new ExactCpuTime();
        const live = new Map([[1, 0]]);
        let [usedMs, nextId, lastMs] = [0, 2, 0];
        for (const { work, ends, begins } of steps) {
          for (const [index, id] of [...live.keys()].entries()) {
            live.set(id, (live.get(id) ?? 0) + (work[index] ?? 0));
            usedMs += work[index] ?? 0;
          }
          const seen = time.update(ticks(usedMs), live.size === 0 ? null : new Map(live));
          expect(seen).toBeGreaterThanOrEqual(lastMs);
          expect(Math.abs(seen - usedMs)).toBeLessThan(10);
          lastMs = seen;
          if (live.size > 1) live.delete(ends + 1);
          if (begins) live.set(nextId++, 0);
        }
      }),
    );
  });
});

it('reads the threads of this process, which are at least what it knows of', () => {
  const times = readThreadTimes(process.pid);
  expect(times?.has(process.pid)).toBe(true);
  expect(times?.size).toBeGreaterThan(1);
});

it('has no reading of a process that is none', () => {
  expect(readThreadTimes(2 ** 30)).toBeNull();
});
