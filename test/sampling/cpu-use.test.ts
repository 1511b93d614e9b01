import { describe, expect, it } from 'vitest';
import type { ProcessTimes } from '../../src/lib/process-times.js';
import { cpuUseBetween } from '../../src/sampling/cpu-use.js';

const BENCH = 100;
const options = { roots: new Set([BENCH]), mostUs: 20e6 };

/** A process with its CPU time in seconds. */
function process_(pid: number, parentPid: number, ownS: number, over: Partial<ProcessTimes> = {}): ProcessTimes {
  return {
    pid,
    parentPid,
    startTicks: pid,
    command: `p${pid}`,
    isKernelThread: false,
    childrenUs: 0,
    ...over,
    ownUs: ownS * 1e6,
  };
}
const waited = (seconds: number) => ({ childrenUs: seconds * 1e6 });

describe('cpuUseBetween', () => {
  it('tells the run, kernel threads and other programs apart', () => {
    const from = [
      process_(1, 0, 5),
      process_(2, 0, 0, { isKernelThread: true }),
      process_(9, 2, 4, { isKernelThread: true }),
      process_(BENCH, 1, 1),
      process_(101, BENCH, 10),
      process_(50, 1, 20),
    ];
    const to = [
      process_(1, 0, 5),
      process_(2, 0, 0, { isKernelThread: true }),
      process_(9, 2, 4.5, { isKernelThread: true }),
      process_(BENCH, 1, 1.5),
      process_(101, BENCH, 13),
      process_(102, 101, 0.25),
      process_(50, 1, 20.75),
      process_(51, 50, 1),
    ];
    expect(cpuUseBetween(from, to, options)).toMatchObject({
      runUs: 3_750_000,
      kernelThreadsUs: 500_000,
      others: [
        { pid: 51, command: 'p51', cpuTimeUs: 1e6 },
        { pid: 50, command: 'p50', cpuTimeUs: 750_000 },
      ],
    });
  });

  it('finds programs that came and went in the time of the parent that waited for them', () => {
    const from = [process_(50, 1, 1, waited(10))];
    const to = [process_(50, 1, 1, waited(13))];
    expect(cpuUseBetween(from, to, options).others).toEqual([{ pid: 50, command: 'p50', cpuTimeUs: 3e6 }]);
  });

  it('does not count the time of a child again that was known before it ended', () => {
    const from = [process_(50, 1, 1, waited(10)), process_(51, 50, 0), process_(52, 51, 100, waited(7))];
    // 52 used 2 s more before it ended, and so did its parent, 51, with 1 s.
    const to = [process_(50, 1, 1, waited(10 + 1 + 100 + 7 + 2))];
    expect(cpuUseBetween(from, to, options).others).toEqual([{ pid: 50, command: 'p50', cpuTimeUs: 3e6 }]);
  });

  it('knows a child that ended while the table was read, though its parent is given its time only later', () => {
    const first = [process_(50, 1, 1), process_(51, 50, 100)];
    const second = [process_(50, 1, 1)];
    const third = [process_(50, 1, 1, waited(101))];
    const { others, unclaimed } = cpuUseBetween(first, second, options);
    expect(others).toEqual([]);
    expect(cpuUseBetween(second, third, { ...options, unclaimed }).others).toEqual([
      { pid: 50, command: 'p50', cpuTimeUs: 1e6 },
    ]);
  });

  it('does not believe that children used more than all CPUs together can', () => {
    // 51 ended after it was read, and before its parent was.
    const from = [process_(50, 1, 1), process_(51, 50, 100)];
    const to = [process_(50, 1, 2, waited(101)), process_(51, 50, 101)];
    expect(cpuUseBetween(from, to, options).others.map(({ cpuTimeUs }) => cpuTimeUs)).toEqual([1e6, 1e6]);
  });

  it('is not misled by a child that nobody waited for', () => {
    const from = [process_(50, 1, 1), process_(51, 50, 100)];
    const to = [process_(50, 1, 2)];
    expect(cpuUseBetween(from, to, options).others).toEqual([{ pid: 50, command: 'p50', cpuTimeUs: 1e6 }]);
  });

  it('counts a process from its start where its PID was used before', () => {
    const from = [process_(50, 1, 90, { startTicks: 5 })];
    const to = [process_(50, 1, 2, { startTicks: 6 })];
    expect(cpuUseBetween(from, to, options).others).toEqual([{ pid: 50, command: 'p50', cpuTimeUs: 2e6 }]);
  });

  it("takes a gateway's processes for the run's though they are not gatebench's children", () => {
    const from = [process_(60, 1, 1), process_(61, 60, 1)];
    const to = [process_(60, 1, 2), process_(61, 60, 3)];
    expect(cpuUseBetween(from, to, { ...options, roots: new Set([BENCH, 60]) }).runUs).toBe(3e6);
  });

  it('ends where the parents of processes form no tree', () => {
    const loop = [process_(70, 71, 1), process_(71, 70, 1)];
    const more = [process_(70, 71, 2), process_(71, 70, 2)];
    expect(cpuUseBetween(loop, more, options).others).toHaveLength(2);
    expect(cpuUseBetween(loop, [], options).others).toEqual([]);
  });
});
