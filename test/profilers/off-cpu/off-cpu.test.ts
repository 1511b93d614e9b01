import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findInPath } from '../../../src/lib/find-in-path.js';
import { offCpuProfiler } from '../../../src/profilers/off-cpu/off-cpu.js';
import { switchEventsUnavailable } from '../../../src/profilers/off-cpu/switches.js';
import { captured, profilerSpec, profileTarget, SPIN, shareOf, startProgram } from '../../support/profile-target.js';

const profiler = offCpuProfiler();

/** Of every process of this machine. */
function commandLines(): string[] {
  return readdirSync('/proc').flatMap((entry) => {
    try {
      return /^\d+$/.test(entry) ? [readFileSync(`/proc/${entry}/cmdline`, 'latin1')] : [];
    } catch {
      return [];
    }
  });
}

describe('where switches may be recorded', () => {
  it('says what is missing where there is no such event', async () => {
    if (findInPath('perf') === null) return expect(await switchEventsUnavailable()).toMatchObject({ reason: /perf/ });
    const why = await switchEventsUnavailable(['/nonexistent/tracing']);
    expect(why?.reason).toContain('there is no event sched_switch');
    expect(why?.hint).toContain('mount -t tracefs');
  });
});

const missing = (await profiler.unavailable(null))?.reason ?? (findInPath('gcc') ? null : 'there is no gcc');
if (missing) process.stderr.write(`SKIPPED: off-CPU profiles of real programs, because ${missing}\n`);

describe.skipIf(missing)('off-CPU profiles of real programs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatebench-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(() => {
    const flags = ['-O1', '-g', '-fno-omit-frame-pointer', '-pthread'];
    execFileSync('gcc', [...flags, '-o', join(folder, 'wait'), join(SPIN, 'wait.c')]);
  });

  it('reports each wait within 5 points of its share', async () => {
    const program = await startProgram(join(folder, 'wait'), ['60']);
    // Functions of the C library keep no frame pointer, and would hide who called them.
    const spec = profilerSpec({ callGraph: 'dwarf' });
    const target = await profileTarget({ pids: () => [program.pid], durationS: 3, spec });
    const profile = await captured(profiler, target);
    const ofMain = shareOf(profile, /^main$/) / 100;
    expect(Math.abs(shareOf(profile, /^wait_futex$/) / ofMain - 50)).toBeLessThan(5);
    expect(Math.abs(shareOf(profile, /^wait_sleep$/) / ofMain - 30)).toBeLessThan(5);
    expect(Math.abs(shareOf(profile, /^wait_pipe$/) / ofMain - 20)).toBeLessThan(5);
    // The other thread waits as long as the first, all the time.
    expect(Math.abs(shareOf(profile, /^answerer$/) - 50)).toBeLessThan(5);
    expect(profile.meta).toMatchObject({
      kind: 'off-cpu',
      profiler: 'off-cpu',
      tool: expect.stringMatching(/^perf \d/),
      command: expect.stringContaining('--switch-events --call-graph dwarf,8192'),
      event: 'sched:sched_switch',
      unit: 'nanoseconds',
      kernel: expect.stringMatching(/named|addresses/),
      startedAt: expect.stringMatching(/^\d{4}-/),
    });
    // Two threads that wait nearly always: twice the duration of the recording.
    const waitedS = profile.stacks.reduce((sum, { weight }) => sum + weight, 0) / 1e9;
    const durationS = profile.meta.durationS ?? 0;
    expect(durationS).toBeGreaterThan(2);
    expect(waitedS / durationS).toBeGreaterThan(1.5);
    expect(waitedS / durationS).toBeLessThan(2.1);
    // Hundreds of megabytes under load.
    expect(await readdir(target.outDir)).toEqual([]);
    expect(program.exitCode).toBeNull();
  });

  it.skipIf(findInPath('taskset') === null)('tells waiting for a CPU from being blocked', async () => {
    execFileSync('gcc', ['-O1', '-w', '-o', join(folder, 'spin'), join(SPIN, 'spin.c')]);
    // Two that never block, on one CPU: each waits while the other runs.
    const cpu =
      execFileSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' }).match(/: (\d+)/)?.[1] ?? '0';
    const [one, other] = await Promise.all(
      [0, 1].map(() => startProgram('taskset', ['-c', cpu, join(folder, 'spin'), '60'])),
    );
    const target = await profileTarget({ pids: () => [one?.pid ?? 0, other?.pid ?? 0], durationS: 1 });
    const profile = await captured(profiler, target);
    expect(shareOf(profile, /^\[waiting for a CPU\]$/)).toBeGreaterThan(80);
    expect(profile.meta.caveats.join(' ')).toContain('of the waiting was for a CPU');
  });

  it('ends by itself at its limit, and says so', async () => {
    execFileSync('gcc', ['-O1', '-o', join(folder, 'pingpong'), join(SPIN, 'pingpong.c')]);
    const program = await startProgram(join(folder, 'pingpong'), []);
    const target = await profileTarget({ pids: () => [program.pid], durationS: 3 });
    const profile = await captured(offCpuProfiler(8), target);
    expect(profile.meta.caveats[0]).toBe('The recording stopped before the load did, at 8 MB.');
    expect(profile.meta.durationS).toBeLessThan(3);
    expect(profile.meta.durationS).toBeGreaterThan(0);
    expect(shareOf(profile, /pipe_read$/)).toBeGreaterThan(20);
  });

  it('says so where the process is gone', async () => {
    const program = await startProgram('sh', ['-c', 'echo ready; exec sleep 60']);
    program.kill('SIGKILL');
    await new Promise((resolve) => program.once('exit', resolve));
    const target = await profileTarget({ pids: () => [program.pid] });
    await expect(profiler.start(target)).rejects.toMatchObject({
      name: 'ExpectedError',
      message: expect.stringContaining('perf could not attach'),
    });
  });

  it('leaves no process behind when it is killed', async () => {
    const program = await startProgram(join(folder, 'wait'), ['60']);
    const target = await profileTarget({ pids: () => [program.pid] });
    const capture = await profiler.start(target);
    await capture.kill();
    await capture.kill();
    expect(commandLines().filter((line) => line.includes(target.outDir))).toEqual([]);
  });
});
