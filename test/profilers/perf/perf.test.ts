import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findInPath } from '../../../src/lib/find-in-path.js';
import { waitUntil } from '../../../src/lib/sleep.js';
import type { Profile } from '../../../src/model/profile.js';
import { executedFiles, planInlining } from '../../../src/profilers/perf/inlining.js';
import { perfProfiler } from '../../../src/profilers/perf/perf.js';
import { perfUnavailable } from '../../../src/profilers/perf/perf-program.js';
import { readScript } from '../../../src/profilers/perf/script-reader.js';
import type { ProfileTarget } from '../../../src/profilers/profiler.js';
import { parsePerfScript } from '../../support/perf-script.js';
import {
  captured,
  cpuSeconds,
  expectSpinShares,
  profilerSpec,
  profileTarget,
  SPIN,
  shareOf,
  startProgram,
} from '../../support/profile-target.js';
import { totalWeight } from '../../support/stack-totals.js';

const unavailable = await perfUnavailable();
const skipped = unavailable?.reason ?? null;
if (skipped) process.stderr.write(`SKIPPED: perf of real programs, because ${skipped}\n`);

/** The first of these that runs here; a shim that is in PATH needs not. */
function working(...programs: string[]): string | null {
  return programs.find((program) => spawnSync(program, ['-c', '0'], { stdio: 'ignore' }).status === 0) ?? null;
}

const has = { gcc: findInPath('gcc') !== null, go: findInPath('go') !== null };
const versions = process.env.HOME ? join(process.env.HOME, '.pyenv', 'versions') : '';
const pyenv = (existsSync(versions) ? readdirSync(versions) : []).map((name) => join(versions, name, 'bin', 'python3'));
const isAtLeast312 = (python: string) =>
  spawnSync(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 12))']).status === 0;
const pythons = [working('python3.11'), working('python3.12'), working('python3'), ...pyenv].filter((p) => p !== null);
const oldPython = pythons.find((python) => !isAtLeast312(python)) ?? null;
const newPython = pythons.find(isAtLeast312) ?? null;
const need = (what: string, there: unknown) => {
  if (!there) process.stderr.write(`SKIPPED: perf of ${what}, because it is not installed\n`);
  return !there;
};

const RATE_HZ = 997;
const perf = perfProfiler();

/** PIDs of programs that run in a folder, as perf does. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false;
    }
  });
}

/** Wait until a process has had so much more CPU time, however long a busy machine takes. */
async function cpuTimePasses(pid: number, seconds: number): Promise<void> {
  const end = cpuSeconds([pid]) + seconds;
  expect(await waitUntil(() => cpuSeconds([pid]) >= end, 40_000)).toBe(true);
}

/** A capture of so much of a program's CPU time: 1.5 seconds are 1,500 samples. */
async function capturedCpu(target: ProfileTarget, pid = target.pids()[0] ?? 0, seconds = 1.5): Promise<Profile> {
  const capture = await perf.start(target);
  try {
    await cpuTimePasses(pid, seconds);
    await capture.end();
    return await capture.collect();
  } finally {
    await capture.kill();
  }
}

describe.skipIf(skipped)('perf', { timeout: 120_000 }, () => {
  let built = '';
  beforeAll(async () => {
    built = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    const options = { cwd: built, env: { ...process.env, GOFLAGS: '-mod=mod', GO111MODULE: 'off' } };
    if (has.gcc) {
      execFileSync(
        'gcc',
        ['-O1', '-g', '-fno-omit-frame-pointer', '-fno-builtin', '-o', 'c', join(SPIN, 'spin.c')],
        options,
      );
    }
    if (has.go) {
      execFileSync('go', ['build', '-o', 'go', join(SPIN, 'spin.go')], options);
      execFileSync('go', ['build', '-ldflags', '-s -w', '-o', 'go-stripped', join(SPIN, 'spin.go')], options);
    }
  }, 180_000);
  afterAll(() => rm(built, { recursive: true, force: true }));

  it.skipIf(need('C', has.gcc)).each(['fp', 'dwarf'] as const)(
    'reports the shares of a C program by %s',
    async (callGraph) => {
      const program = await startProgram(join(built, 'c'), ['60']);
      const spec = profilerSpec({ callGraph });
      const target = await profileTarget({ pids: () => [program.pid], rateHz: RATE_HZ, spec });
      const profile = await capturedCpu(target);
      expectSpinShares(profile);
      expect(profile.meta).toMatchObject({
        kind: 'cpu',
        profiler: 'perf',
        tool: expect.stringMatching(/^perf \d+\.\d+/),
        command: expect.stringMatching(
          new RegExp(`^perf record -e cpu-clock -F 997 --call-graph ${callGraph}[,0-9]* -p ${program.pid}$`),
        ),
        event: expect.stringMatching(/^cpu-clock(:u)?$/),
        rateHz: RATE_HZ,
        unit: 'nanoseconds',
        lost: expect.any(Number),
      });
      expect(profile.meta.durationS).toBeGreaterThan(1.25);
      // A program that spins can't use more than one CPU, and gets most of one unless the machine is busy.
      expect(totalWeight(profile) / 1e9).toBeLessThan((profile.meta.durationS ?? 0) * 1.05);
      const alpha = profile.frames.find(({ name }) => name === 'alpha');
      expect(alpha).toMatchObject({ kind: 'native', module: join(built, 'c') });
      // With dwarf, main is found although alpha has no frame of its own.
      if (callGraph === 'dwarf') expect(shareOf(profile, /^main$/)).toBeGreaterThan(95);
    },
  );

  it.skipIf(need('Go', has.go)).each(['go', 'go-stripped'])('reports the shares of a Go program (%s)', async (name) => {
    const program = await startProgram(join(built, name), ['60']);
    const target = await profileTarget({ pids: () => [program.pid], rateHz: RATE_HZ });
    const profile = await capturedCpu(target);
    expectSpinShares(profile);
    expect(profile.frames.find((frame) => frame.name === 'main.alpha')).toMatchObject({ kind: 'go', module: 'main' });
    expect(profile.frames.find((frame) => frame.name === 'runtime.main')).toMatchObject({
      kind: 'go',
      module: 'runtime',
    });
    expect(shareOf(profile, /^\[unknown\]$/)).toBeLessThan(5);
  });

  it('reports the shares of a Node program that it had started with names', async () => {
    const spec = profilerSpec({ native: 'v8' });
    const target = await profileTarget({ rateHz: RATE_HZ, spec });
    const { environment, command } = await perf.launch(spec, target.outDir);
    const [program = '', ...args] = command(['node', join(SPIN, 'spin.mjs'), '60']);
    const node = await startProgram(program, args, environment);
    const profile = await capturedCpu({ ...target, pids: () => [node.pid] });
    expectSpinShares(profile);
    expect(profile.frames.find(({ name }) => name === 'alpha')).toMatchObject({
      kind: 'javascript',
      file: join(SPIN, 'spin.mjs'),
      line: expect.any(Number),
    });
    expect(profile.meta.caveats.join('\n')).toMatch(/The program ran with NODE_OPTIONS=--perf-basic-prof/);
    expect(profile.meta.caveats.join('\n')).toMatch(/JavaScript's own time .* optimised/);
    expect(existsSync(`/tmp/perf-${node.pid}.map`)).toBe(false);
  });

  it('says that a Node program which was just attached to has no names', async () => {
    const node = await startProgram('node', [join(SPIN, 'spin.mjs'), '60']);
    const profile = await capturedCpu(await profileTarget({ pids: () => [node.pid] }), node.pid, 0.5);
    expect(profile.meta.caveats.join('\n')).toMatch(/JavaScript functions have no names/);
  });

  it.skipIf(need('Python before 3.12', oldPython))('says that it has no names of an older Python', async () => {
    const python = await startProgram(oldPython ?? '', [join(SPIN, 'spin.py'), '60']);
    const spec = profilerSpec({ native: 'py-spy', callGraph: 'dwarf' });
    const target = await profileTarget({ pids: () => [python.pid], rateHz: RATE_HZ, spec });
    const profile = await capturedCpu(target, python.pid, 0.5);
    expect(profile.meta.caveats.join('\n')).toMatch(/Python functions have no names/);
    expect(profile.frames.some(({ name }) => name.startsWith('_PyEval_EvalFrame'))).toBe(true);
  });

  it.skipIf(need('Python 3.12 or later', newPython))('reports the shares of a Python program with names', async () => {
    const spec = profilerSpec({ native: 'py-spy', callGraph: 'dwarf' });
    const target = await profileTarget({ rateHz: RATE_HZ, spec });
    const { environment } = await perf.launch(spec, target.outDir);
    const python = await startProgram(newPython ?? '', [join(SPIN, 'spin.py'), '60'], environment);
    const profile = await capturedCpu({ ...target, pids: () => [python.pid] });
    expectSpinShares(profile);
    expect(profile.frames.find(({ name }) => name === 'alpha')).toMatchObject({
      kind: 'python',
      file: join(SPIN, 'spin.py'),
    });
    expect(existsSync(`/tmp/perf-${python.pid}.map`)).toBe(false);
  });

  it.skipIf(need('C', has.gcc))('sees processes that are started later, by what it has attached to', async () => {
    const target = await profileTarget({ rateHz: RATE_HZ });
    const [begin, ended] = ['begin', 'ended'].map((name) => join(built, name));
    const program = `echo ready; until [ -e ${begin} ]; do sleep 0.1; done; ${join(built, 'c')} 1; : >${ended}; exec sleep 60`;
    const shell = await startProgram('sh', ['-c', program]);
    const capture = await perf.start({ ...target, pids: () => [shell.pid] });
    await writeFile(begin ?? '', '');
    expect(await waitUntil(() => existsSync(ended ?? ''), 40_000)).toBe(true);
    await capture.end();
    const profile = await capture.collect();
    await capture.kill();
    // The shell itself only waits; what its child got of a CPU in its second is for the machine to say.
    expect(shareOf(profile, /^(alpha|beta|gamma)$/)).toBeGreaterThan(80);
    expect(totalWeight(profile) / 1e9).toBeGreaterThan(0.05);
  });

  it.skipIf(need('C', has.gcc))(
    'attaches anew when the tree grew meanwhile, and states what it may have missed',
    async () => {
      const first = await startProgram(join(built, 'c'), ['60']);
      const second = await startProgram(join(built, 'c'), ['60']);
      const lists = [[first.pid], [first.pid, second.pid]];
      const grown = () => lists.shift() ?? [first.pid, second.pid];
      const profile = await capturedCpu(await profileTarget({ pids: grown }), first.pid, 0.5);
      expect(profile.meta.command).toContain(`-p ${first.pid},${second.pid}`);
      expect(profile.meta.caveats.join('\n')).not.toMatch(/may be missing/);

      let calls = 0;
      const restless = () => (calls++ % 2 === 0 ? [first.pid] : [first.pid, second.pid]);
      const capture = await perf.start(await profileTarget({ pids: restless }));
      await cpuTimePasses(first.pid, 0.5);
      await capture.end();
      const { meta } = await capture.collect();
      await capture.kill();
      expect(meta.caveats.join('\n')).toContain(`may be missing: ${second.pid}`);
    },
  );

  it.skipIf(need('C', has.gcc))('keeps the text it read, and nothing else', async () => {
    const program = await startProgram(join(built, 'c'), ['60']);
    const target = await profileTarget({ pids: () => [program.pid] });
    const profile = await capturedCpu(target, program.pid, 0.5);
    expect(readdirSync(target.outDir)).toEqual(['perf.script.gz']);
    const text = gunzipSync(readFileSync(join(target.outDir, 'perf.script.gz'))).toString();
    expect(totalWeight(parsePerfScript(text))).toBe(totalWeight(profile));
  });

  it.skipIf(need('C', has.gcc))('leaves nothing behind when it is killed while it samples', async () => {
    const program = await startProgram(join(built, 'c'), ['60']);
    const target = await profileTarget({ pids: () => [program.pid] });
    const capture = await perf.start(target);
    expect(processesIn(target.outDir)).toHaveLength(1);
    await capture.kill();
    await capture.kill();
    expect(processesIn(target.outDir)).toEqual([]);
    expect(readdirSync(target.outDir)).not.toContain('perf.data');
    expect(program.exitCode).toBeNull();
  });

  it.skipIf(need('C', has.gcc))('leaves nothing behind when it is killed while it reads', async () => {
    const program = await startProgram(join(built, 'c'), ['60']);
    const target = await profileTarget({ pids: () => [program.pid], rateHz: RATE_HZ });
    const capture = await perf.start(target);
    await cpuTimePasses(program.pid, 0.5);
    await capture.end();
    const reading = expect(capture.collect()).rejects.toMatchObject({ name: 'ExpectedError' });
    await waitUntil(() => existsSync(join(target.outDir, 'perf.script.gz')), 10_000, undefined, 1);
    await capture.kill();
    await reading;
    expect(readdirSync(target.outDir)).toEqual(['perf.log']);
    expect(processesIn(target.outDir)).toEqual([]);
  });

  it.skipIf(need('C', has.gcc))('leaves inlined functions out where they take too long', async () => {
    const program = await startProgram(join(built, 'c'), ['60']);
    const target = await profileTarget({ pids: () => [program.pid] });
    const folder = target.outDir;
    execFileSync(
      'perf',
      [
        'record',
        '-e',
        'cpu-clock',
        '-F',
        '99',
        '-g',
        '-B',
        '-N',
        '-p',
        `${program.pid}`,
        '-o',
        'perf.data',
        '--',
        'sleep',
        '1',
      ],
      {
        cwd: folder,
        stdio: 'ignore',
      },
    );
    const inlining = planInlining(executedFiles([program.pid]));
    expect(inlining).toEqual({ files: expect.arrayContaining([join(built, 'c')]), obstacle: null });
    const read = { resolver: () => () => null, signal: target.signal, inlining };
    const hurried = await readScript(folder, { ...read, limits: { inlineMs: 0, readMs: 60_000 } });
    const patient = await readScript(folder, read);
    const told = await readScript(folder, { ...read, inlining: { ...inlining, obstacle: 'it is huge' } });
    expect([hurried, patient, told].map(({ withoutInlined }) => withoutInlined)).toEqual([
      'naming them took perf too long',
      null,
      'it is huge',
    ]);
    expect(totalWeight(told.profile)).toBe(totalWeight(patient.profile));
    await expect(readScript(folder, { ...read, limits: { inlineMs: 0, readMs: 0 } })).rejects.toMatchObject({
      name: 'ExpectedError',
      message: 'perf script did not read the recording within 0 s',
    });
    expect(totalWeight(hurried.profile)).toBe(totalWeight(patient.profile));
  });

  it('says in two lines what it could not do', async () => {
    const idle = await startProgram('sh', ['-c', 'echo ready; exec sleep 60']);
    const target = await profileTarget({ pids: () => [idle.pid], durationS: 1 });
    await expect(captured(perf, target)).rejects.toMatchObject({
      name: 'ExpectedError',
      message: 'perf took no samples: the processes used no CPU during the capture',
      hint: 'profile them under load',
    });
    const gone = await profileTarget({ pids: () => [2 ** 22 - 1] });
    await expect(perf.start(gone)).rejects.toMatchObject({
      name: 'ExpectedError',
      message: expect.stringContaining('No such process'),
    });
    await expect(perf.start(await profileTarget({ pids: () => [] }))).rejects.toThrow('there is no process to profile');
  });
});

describe('perf that is missing', () => {
  it('is named with the package that has it', async () => {
    const path = process.env.PATH;
    const empty = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    onTestFinished(async () => {
      process.env.PATH = path;
      await rm(empty, { recursive: true, force: true });
    });
    process.env.PATH = empty;
    expect(await perf.unavailable(null)).toEqual({
      reason: 'perf is not installed',
      hint: 'apt-get install linux-perf (Ubuntu: linux-tools-generic)',
    });
  });

  it("is named with its own complaint, and the kernel's setting", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    const path = process.env.PATH;
    onTestFinished(async () => {
      process.env.PATH = path;
      await rm(folder, { recursive: true, force: true });
    });
    const script = '#!/bin/sh\necho "Error:" >&2\necho "No permission to enable cpu-clock event." >&2\nexit 255\n';
    await writeFile(join(folder, 'perf'), script, { mode: 0o755 });
    process.env.PATH = `${folder}:${path}`;
    const missing = await perf.unavailable(null);
    expect(missing?.reason).toBe("perf can't sample here: No permission to enable cpu-clock event.");
    expect(missing?.hint).toMatch(/run as root/);
  });
});
