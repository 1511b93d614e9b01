import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../src/lib/sleep.js';
import { type JobState, parseJobStatus } from '../../src/remote/remote-job.js';
import { shellProgram } from '../../src/remote/remote-program.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-job-'));
});
afterEach(async () => {
  await job('stop');
  await rm(folder, { recursive: true, force: true });
});

/** As ssh calls it. */
async function job(verb: string, ...args: string[]): Promise<{ exitCode: number | null; stdout: string }> {
  const [command = '', ...words] = shellProgram('job.sh', verb, join(folder, 'job'), ...args);
  const shell = spawn(command, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  shell.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  return new Promise((resolve) => shell.once('close', (exitCode) => resolve({ exitCode, stdout })));
}

const stateNow = async () => parseJobStatus((await job('status')).stdout).state;
const ends = async (): Promise<JobState> => {
  await waitUntil(async () => (await stateNow()).kind !== 'running', 20_000);
  return stateNow();
};
const pid = async () => Number((await readFile(join(folder, 'job', 'pid'), 'utf8')).split(' ')[0]);

describe('a job on a host', () => {
  it('that was never started has no state', async () => {
    expect(await stateNow()).toEqual({ kind: 'none' });
  });

  it('gets every word as it was, and leaves its exit code and its log', async () => {
    const words = ['two words', "it's", '$(id)', '*', ''];
    await job('start', folder, 'sh', '-c', 'for word; do echo "<$word>"; done; pwd; exit 3', 'sh', ...words);
    expect(await ends()).toEqual({ kind: 'exited', code: 3 });
    const log = ['<two words>', "<it's>", '<$(id)>', '<*>', '<>', folder, ''].join('\n');
    expect((await job('follow', '0')).stdout).toBe(log);
    expect((await job('follow', '4')).stdout).toBe(log.slice(4));
  });

  it('outlives the shell that started it, and is not started twice', async () => {
    expect((await job('start', folder, 'sleep', '30')).stdout).toBe('started\n');
    expect((await job('start', folder, 'sleep', '30')).stdout).toBe('running\n');
    expect(await stateNow()).toEqual({ kind: 'running' });
  });

  it('is told to stop, and its own exit code is noted', async () => {
    await job('start', folder, 'sh', '-c', 'trap "echo unwinding; exit 7" TERM; echo up; while :; do sleep 0.1; done');
    await waitUntil(async () => (await job('status')).stdout.includes('logBytes=3'), 20_000);
    expect((await job('stop')).exitCode).toBe(0);
    expect(await ends()).toEqual({ kind: 'exited', code: 7 });
    expect((await job('follow', '0')).stdout).toMatch(/^up\n(Terminated\n)?unwinding\n$/);
  });

  it('is followed until it ends', async () => {
    await job('start', folder, 'sh', '-c', 'echo one; sleep 1; echo two');
    expect((await job('follow', '0')).stdout).toBe('one\ntwo\n');
  });

  it('that was killed with its supervisor is lost, not running', async () => {
    await job('start', folder, 'sleep', '30');
    process.kill(-(await pid()), 'SIGKILL');
    expect(await ends()).toEqual({ kind: 'lost' });
  });

  it('whose PID was given to another process is lost too', async () => {
    await job('start', folder, 'sleep', '30');
    const leader = await pid();
    // This test's own process, with a start that isn't its own.
    await new Promise((resolve) =>
      execFile('sh', ['-c', `printf '%s 1\\n' ${process.pid} >"${folder}/job/pid"`], resolve),
    );
    expect(await stateNow()).toEqual({ kind: 'lost' });
    process.kill(-leader, 'SIGKILL');
  });
});

describe('the status of a job', () => {
  it.each([
    ['state=none\ncode=\nlogBytes=0\nfreeKib=1000\n', { state: { kind: 'none' }, logBytes: 0, freeBytes: 1_024_000 }],
    ['state=running\ncode=\nlogBytes=12\nfreeKib=0\n', { state: { kind: 'running' }, logBytes: 12, freeBytes: 0 }],
    [
      'state=exited\ncode=1\nlogBytes=7\nfreeKib=\n',
      { state: { kind: 'exited', code: 1 }, logBytes: 7, freeBytes: null },
    ],
    ['state=lost\ncode=\nlogBytes= 7\n', { state: { kind: 'lost' }, logBytes: 7, freeBytes: null }],
  ])('%j', (text, status) => {
    expect(parseJobStatus(text)).toEqual(status);
  });

  it('does not guess', () => {
    expect(() => parseJobStatus('state=exited\ncode=\n')).toThrow(/exited/);
    expect(() => parseJobStatus('Welcome to Debian\n')).toThrow(/unknown state/);
  });
});
