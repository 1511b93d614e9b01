import { expect, it } from 'vitest';
import { type CpuReading, cpuBetween, readCpu } from '../../../src/app/selfbench/cpu-use.js';

function reading(atMs: number, ownUs: number, engine: [number, number][], upstream: [number, number][]): CpuReading {
  return { atMs, ownUs, engine: new Map(engine), upstream: new Map(upstream) };
}

it('counts the engine with what it makes this process do, in microseconds a second', () => {
  const from = reading(1_000, 500, [[1, 100]], [[2, 1_000]]);
  const to = reading(
    3_000,
    700,
    [[1, 1_100]],
    [
      [2, 5_000],
      [3, 400],
    ],
  );
  expect(cpuBetween(from, to)).toEqual({ engineUsPerSec: 600, upstreamUsPerSec: 2_200 });
});

it('does not know the use of a tree that lost a process, or has none', () => {
  const from = reading(
    0,
    0,
    [
      [1, 100],
      [9, 5],
    ],
    [],
  );
  expect(cpuBetween(from, reading(1_000, 0, [[1, 200]], []))).toEqual({ engineUsPerSec: null, upstreamUsPerSec: null });
});

it('sees the work of a real process, and adds this process to the engine', () => {
  const from = readCpu([process.pid], [process.pid]);
  // CPU time rather than wall time, so that a busy machine changes nothing.
  const begin = process.cpuUsage();
  while (process.cpuUsage(begin).user < 300_000) JSON.parse('[1,2,3]');
  const to = readCpu([process.pid], [process.pid]);
  const seconds = (to.atMs - from.atMs) / 1000;
  const ownUs = to.ownUs - from.ownUs;
  const { engineUsPerSec, upstreamUsPerSec } = cpuBetween(from, to);
  // The kernel's counters have a resolution of 10 ms.
  expect(Math.abs((upstreamUsPerSec ?? 0) * seconds - ownUs)).toBeLessThan(50_000);
  expect(Math.abs((engineUsPerSec ?? 0) * seconds - 2 * ownUs)).toBeLessThan(50_000);
});
