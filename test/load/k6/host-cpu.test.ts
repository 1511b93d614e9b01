import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseCpuUs } from '../../../src/lib/cpu-times.js';
import { readProcessTable, treeOf } from '../../../src/lib/process-table.js';
import { sleep, waitUntil } from '../../../src/lib/sleep.js';
import { cpuWatchOf, hostCpu, isCpuReading } from '../../../src/load/k6/host-cpu.js';
import { shellProgram } from '../../../src/remote/remote-program.js';

const window = { startMs: 1_700_000_000_000, endMs: 1_700_000_010_000 };

/** @param atS after the window's start */
function reading(atS: number, { tookMs = 4, k6S = 0, busy = 0, idle = 0, cpus = 4 } = {}) {
  const fromMs = window.startMs + atS * 1000;
  const stat = `42 (k6 (1) | x) S 1 1 1 0 -1 0 0 0 0 0 ${k6S * 75} ${k6S * 25} 900 900 20 0 9 0 1 1 1`;
  return `gatebench-cpu ${fromMs} ${fromMs + tookMs} ${cpus}|${stat}|cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0`;
}

describe('hostCpu', () => {
  it('takes the first and the last reading of the window, and the time between them', () => {
    const lines = [
      reading(-1, { k6S: 50 }),
      'level=warning msg="something of k6"',
      reading(0.01, { k6S: 100, busy: 1_000, idle: 5_000 }),
      reading(5, { k6S: 103, busy: 1_300, idle: 7_000 }),
      // 9.75 s later, as the middles of both say.
      reading(9.758, { tookMs: 8, k6S: 119.5, busy: 2_560, idle: 7_340 }),
      reading(10.5, { k6S: 500 }),
    ];
    expect(lines.map(isCpuReading)).toEqual([true, false, true, true, true, true]);
    const { cpuPercentMean, ...rest } = hostCpu(lines, window);
    expect(cpuPercentMean).toBeCloseTo((100 * 19.5) / 9.75, 9);
    expect(rest).toEqual({ cpus: 4, hostBusyShare: 0.4, absent: {} });
  });

  it('knows nothing from readings that are outside the window, or of a small part of it', () => {
    const none = hostCpu([reading(-0.1, {}), reading(9.999, { tookMs: 5 })], window);
    expect(none).toMatchObject({ cpus: null, cpuPercentMean: null, hostBusyShare: null });
    expect(none.absent.hostBusyShare).toMatch(/no reading of its CPU in the window/);
    const few = hostCpu([reading(0.1), reading(4, { k6S: 1 }), reading(11)], window);
    expect(few.absent.cpuPercentMean).toBe('the host’s readings of its CPU are of 3900 ms of the window’s 10000 ms');
    expect(hostCpu(['gatebench-cpu cut off'], window).cpuPercentMean).toBeNull();
  });

  it('says of each figure by itself why it is missing, and never takes it for 0', () => {
    const lines = [reading(0, { cpus: 0 }), reading(9, { cpus: 0, k6S: 9, busy: 90, idle: 10 })];
    expect(hostCpu(lines, window)).toMatchObject({ cpus: null, hostBusyShare: 0.9, absent: { cpus: /nproc/ } });
    const noProc = lines.map((line) => line.replace(/\|.*\|.*/, '||'));
    expect(hostCpu(noProc, window)).toEqual({
      cpus: null,
      cpuPercentMean: null,
      hostBusyShare: null,
      absent: {
        cpus: expect.stringMatching(/nproc could not be read/),
        cpuPercentMean: expect.stringMatching(/PID\/stat of k6 could not be read/),
        hostBusyShare: expect.stringMatching(/\/proc\/stat could not be read/),
      },
    });
  });
});

/** A shell that watches, and becomes a program that uses a third of a CPU, until it is killed. */
function watched(window: { startMs: number; endMs: number }) {
  const program = `for (let n = 0; ; n += 1) { const until = Date.now() + 10; while (Date.now() < until); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20); }`;
  const { startMs, lastMs } = cpuWatchOf(window);
  const watch = ['--watch-cpu', String(startMs), String(lastMs)];
  const [command = '', ...words] = shellProgram('run-process.sh', ...watch, process.execPath, '-e', program);
  const child: ChildProcess = spawn(command, words, { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return { child, pid: child.pid ?? 0, lines: () => stderr.split('\n').slice(0, -1) };
}

/** CPU time that a process has used so far. */
function cpuUsOf(pid: number): number {
  return parseCpuUs(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? 0;
}

describe('run-process.sh --watch-cpu', () => {
  it('reads within the window, by the clock, and leaves nothing running', async () => {
    const startMs = Date.now() + 1_400.25;
    const window = { startMs, endMs: startMs + 2_500.5 };
    const { child, pid, lines } = watched(window);
    await sleep(startMs - Date.now());
    const from = { atMs: performance.now(), cpuUs: cpuUsOf(pid) };
    await sleep(window.endMs - Date.now() + 500);
    const to = { atMs: performance.now(), cpuUs: cpuUsOf(pid) };
    // Ourselves: what has ended and is nobody's any more is a zombie of the program, which doesn't count.
    await waitUntil(() => treeOf(pid, readProcessTable()).length === 1, 10_000);
    expect(treeOf(pid, readProcessTable())).toEqual([pid]);
    child.kill('SIGKILL');
    expect(lines().every(isCpuReading)).toBe(true);
    const atMs = lines().map((line) => Number(line.split(' ')[1]) - startMs);
    expect(atMs.length).toBeGreaterThanOrEqual(2);
    expect(Math.min(...atMs)).toBeGreaterThanOrEqual(0);
    const { cpus, cpuPercentMean, hostBusyShare, absent } = hostCpu(lines(), window);
    // Readings of half of the window at least.
    expect(absent).toEqual({});
    expect(cpus).toBe(availableParallelism());
    // As much as its counters said from here, in about the same time; how much it gets is for the machine to say.
    const percent = (to.cpuUs - from.cpuUs) / 1000 / ((to.atMs - from.atMs) / 100);
    expect((cpuPercentMean ?? 0) / percent).toBeGreaterThan(1 / 3);
    expect((cpuPercentMean ?? 0) / percent).toBeLessThan(3);
    expect(hostBusyShare).toBeGreaterThan(0);
    expect(hostBusyShare).toBeLessThanOrEqual(1);
  });

  it('ends when the program is killed before the window', async () => {
    const { child, pid } = watched({ startMs: Date.now() + 60_000, endMs: Date.now() + 120_000 });
    const watchers = () => treeOf(pid, readProcessTable()).filter((member) => member !== pid);
    expect(await waitUntil(() => watchers().length > 0, 20_000)).toBe(true);
    const [watcher = 0] = watchers();
    child.kill('SIGKILL');
    const alive = () => readProcessTable().some((row) => row.pid === watcher && row.state !== 'Z');
    expect(alive()).toBe(true);
    expect(await waitUntil(() => !alive(), 20_000)).toBe(true);
  });
});
