import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findInPath } from '../../../src/lib/find-in-path.js';
import { sleep } from '../../../src/lib/sleep.js';
import { findPySpy } from '../../../src/profilers/py-spy/program.js';
import { pySpyProfiler } from '../../../src/profilers/py-spy/py-spy.js';
import {
  captured,
  expectSpinShares,
  ON_A_BUSY_MACHINE,
  profilerSpec,
  profileTarget,
  SPIN,
  startProgram,
} from '../../support/profile-target.js';

const skipped =
  findPySpy() === null
    ? 'py-spy is not installed (gatebench setup py-spy)'
    : findInPath('python3') === null
      ? 'there is no python3'
      : process.getuid?.() === 0
        ? null
        : 'only root may read other processes';
if (skipped) process.stderr.write(`SKIPPED: py-spy of a real program, because ${skipped}\n`);

describe.skipIf(skipped)('py-spy of a Python program', () => {
  it(
    'reports each function within 5 points of its share, and what it was captured with',
    ON_A_BUSY_MACHINE,
    async () => {
      const program = await startProgram('python3', [join(SPIN, 'spin.py'), '60']);
      const target = await profileTarget({ pids: () => [program.pid], durationS: 8, rateHz: 100 });
      const profile = await captured(pySpyProfiler(findPySpy), target);
      expectSpinShares(profile);
      expect(profile.meta).toMatchObject({
        kind: 'cpu',
        profiler: 'py-spy',
        tool: expect.stringMatching(/^py-spy \d/),
        command: expect.stringContaining('record --format raw'),
        event: 'holding the GIL',
        rateHz: 100,
        unit: 'nanoseconds',
        lost: expect.any(Number),
      });
      const alpha = profile.frames.find(({ name }) => name === 'alpha');
      expect(alpha).toMatchObject({ line: 21, kind: 'python', file: expect.stringContaining('spin.py') });
      expect(await readdir(target.outDir)).toContain('py-spy.raw');
      expect(program.exitCode).toBeNull();
    },
  );

  it('keeps what it has when it is ended early', async () => {
    const program = await startProgram('python3', [join(SPIN, 'spin.py'), '60']);
    const target = await profileTarget({ pids: () => [program.pid], durationS: 60 });
    const capture = await pySpyProfiler(findPySpy).start(target);
    await sleep(1500);
    await capture.end();
    const profile = await capture.collect();
    await capture.kill();
    expect(profile.stacks.length).toBeGreaterThan(0);
    expect(profile.meta.durationS).toBeLessThan(30);
  });

  it('counts no thread that waits', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const idle = join(folder, 'idle.py');
    await writeFile(idle, 'import time\nprint("ready", flush=True)\ntime.sleep(60)\n');
    const program = await startProgram('python3', [idle]);
    const target = await profileTarget({ pids: () => [program.pid], durationS: 1 });
    await expect(captured(pySpyProfiler(findPySpy), target)).rejects.toThrow(/py-spy saw no thread running Python/);
  });

  it('refuses processes that run no Python', async () => {
    const target = await profileTarget({ pids: () => [process.pid] });
    await expect(pySpyProfiler(findPySpy).start(target)).rejects.toMatchObject({
      name: 'ExpectedError',
      message: `none of the processes ${process.pid} runs Python`,
      hint: expect.stringContaining('perf'),
    });
  });
});

describe('py-spy that is missing, or fails', () => {
  it('says how to get it', async () => {
    const profiler = pySpyProfiler(() => null);
    expect(await profiler.unavailable(profilerSpec({ native: 'py-spy' }))).toEqual({
      reason: 'py-spy is not installed',
      hint: 'gatebench setup py-spy',
    });
    await expect(profiler.start(await profileTarget({}))).rejects.toThrow('py-spy is not installed');
  });

  it('is for Python programs', async () => {
    expect(await pySpyProfiler(() => null).unavailable(profilerSpec({ native: 'v8' }))).toMatchObject({
      reason: 'it is not a Python program',
    });
  });

  it.skipIf(findInPath('python3') === null)('tells what it said, and leaves nothing running', async () => {
    const program = await startProgram('python3', [join(SPIN, 'spin.py'), '60']);
    const target = await profileTarget({ pids: () => [program.pid] });
    const path = join(target.outDir, 'broken-py-spy');
    await writeFile(
      path,
      '#!/bin/sh\n[ "$2" = --help ] && exit 0\necho "Error: Permission denied (os error 13)"\nexit 1\n',
    );
    await chmod(path, 0o755);
    const profiler = pySpyProfiler(() => ({ path, version: '0', environment: {} }));
    await expect(profiler.start(target)).rejects.toMatchObject({
      message: 'py-spy could not start sampling: Error: Permission denied (os error 13)',
      hint: 'run as root, or with CAP_SYS_PTRACE',
    });
    expect(await readFile(join(target.outDir, 'py-spy.log'), 'utf8')).toContain('Permission denied');
  });
});
