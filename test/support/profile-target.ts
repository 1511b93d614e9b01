import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { ProfilerSpec } from '../../src/model/gateway.js';
import type { Profile } from '../../src/model/profile.js';
import type { Profiler, ProfileTarget } from '../../src/profilers/profiler.js';

export const SPIN = new URL('../fixtures/spin/', import.meta.url).pathname;

/** A spec as a manifest without a profiler section has it, with what is given. */
export function profilerSpec(given: Partial<ProfilerSpec> = {}): ProfilerSpec {
  return { ...ProfilerSpec.parse({}), ...given };
}

/** Start a program that says `ready` on stdout; ended with the test. */
export async function startProgram(
  command: string,
  args: string[],
  environment: Record<string, string> = {},
): Promise<ChildProcess & { pid: number }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const { pid, stdout } = child;
  if (pid === undefined || stdout === null) throw new Error(`${command} could not be started`);
  await once(stdout, 'data');
  stdout.resume();
  return Object.assign(child, { pid });
}

/** A target around processes, with a folder of its own. */
export async function profileTarget(given: Partial<ProfileTarget>): Promise<ProfileTarget> {
  const outDir = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(outDir, { recursive: true, force: true }));
  return {
    pids: () => [],
    rateHz: 99,
    durationS: 2,
    spec: profilerSpec(),
    origin: null,
    outDir,
    signal: new AbortController().signal,
    ...given,
  };
}

/** Start, wait as long as the target says, end and collect: a capture as a run makes it. */
export async function captured(profiler: Profiler, target: ProfileTarget): Promise<Profile> {
  const capture = await profiler.start(target);
  try {
    await new Promise((resolve) => setTimeout(resolve, target.durationS * 1000));
    await capture.end();
    return await capture.collect();
  } finally {
    await capture.kill();
  }
}

/** CPU time of all these processes so far, seconds: user and system ticks of /proc/PID/stat, which come 100 a second. */
export function cpuSeconds(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}

/** Share of the profile's weight below a function, in percent. */
export function shareOf(profile: Profile, name: RegExp): number {
  const wanted = new Set(profile.frames.flatMap((frame, index) => (name.test(frame.name) ? [index] : [])));
  let all = 0;
  let below = 0;
  for (const { frames, weight } of profile.stacks) {
    all += weight;
    if (frames.some((frame) => wanted.has(frame))) below += weight;
  }
  return (100 * below) / all;
}

/**
 * Of tests of shares. Who else runs on the machine decides what stands still at a sample, and for how long: samples
 * are then not independent, and a share may be off once by more than chance alone makes it.
 */
export const ON_A_BUSY_MACHINE = { retry: 2, timeout: 180_000 };

/**
 * The spin programs give alpha 50, beta 30 and gamma 20 % of the CPU time that the three of them have: each must be
 * there with its share, within 5 points. The rest is the reading of the clock, a system call: of wall-clock profiles
 * it has much on a busy machine, two thirds where ten programs share a core, since that is where the kernel gives the
 * CPU to others. Such a machine gives few samples besides: then within three standard errors of a proportion.
 */
export function expectSpinShares(profile: Profile): void {
  const shares = ['alpha', 'beta', 'gamma'].map((name) =>
    shareOf(profile, new RegExp(`^(?:main\\.|spin\\.Spin\\.)?${name}(?:\\(int\\))?$`)),
  );
  const all = shares.reduce((sum, share) => sum + share, 0);
  expect(all).toBeGreaterThan(15);
  const samples = profile.stacks.reduce((sum, stack) => sum + stack.samples, 0);
  for (const [index, expected] of [50, 30, 20].entries()) {
    const standardError = Math.sqrt((expected * (100 - expected)) / samples);
    const share = (100 * (shares[index] ?? 0)) / all;
    expect(Math.abs(share - expected)).toBeLessThan(Math.max(5, 3 * standardError));
  }
}
