import { describe, expect, it } from 'vitest';
import { parseProcessTimes, readProcessTimes } from '../../src/lib/process-times.js';

const stat = (name: string, flags = 4194304) =>
  `4711 (${name}) S 12 4711 4711 0 -1 ${flags} 100 0 0 0 250 50 30 20 20 0 11 0 98765 0 0`;

describe('parseProcessTimes', () => {
  it('reads times, parent and start, whatever the command is called', () => {
    const expected = { pid: 4711, parentPid: 12, startTicks: 98_765, ownUs: 3e6, childrenUs: 500_000 };
    expect(parseProcessTimes(stat('node'))).toEqual({ ...expected, command: 'node', isKernelThread: false });
    expect(parseProcessTimes(stat('a) (b c) S 1'))).toMatchObject({ ...expected, command: 'a) (b c) S 1' });
  });

  it('tells kernel threads', () => {
    expect(parseProcessTimes(stat('ksoftirqd/0', 0x0420_8040))?.isKernelThread).toBe(true);
  });

  it.each(['', '4711', '4711 (node', '4711 (node) S 1'])('does not take "%s" for a process', (text) => {
    expect(parseProcessTimes(text)).toBeNull();
  });
});

it('sees this process', () => {
  expect(readProcessTimes().find(({ pid }) => pid === process.pid)).toMatchObject({
    parentPid: process.ppid,
    isKernelThread: false,
  });
});
