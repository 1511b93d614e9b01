import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../../src/lib/sleep.js';
import { cli, startCli } from '../support/cli.js';
import { startHog, stopHogs } from '../support/cpu-hog.js';

let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  // The bound is a share of all cores.
  for (let n = 0; n < Math.max(2, cpus().length / 4); n++) startHog();
});
afterAll(async () => {
  stopHogs();
  await rm(out, { recursive: true });
});

const bench = () => ['bench', '-g', 'direct', '-s', 'quick', '--allow-concurrent', '--out', out];

describe('on a machine that is busy', () => {
  it('doctor --fitness says so, and exits with 1', async () => {
    const { exitCode, stdout } = await cli(['doctor', '--fitness']);
    expect(stdout).toMatch(/^fail {2}other programs: they took .* % of the CPU time .*\(PID \d+\)/m);
    expect(stdout).toMatch(/^\w+ +wake-ups: late by/m);
    expect(stdout).toMatch(/^\w+ +steady speed: the same work took/m);
    expect(stdout).toMatch(/^\w+ +clock source: /m);
    expect(exitCode).toBe(1);
    const data = JSON.parse((await cli(['doctor', '--fitness', '--json'])).stdout);
    expect(data).toContainEqual(expect.objectContaining({ subject: 'other programs', verdict: 'fail' }));
  });

  it('bench --require-fit measures nothing, and exits with 1', async () => {
    const { exitCode, stderr } = await cli([...bench(), '--require-fit']);
    expect(stderr).toMatch(/this machine is not fit to measure: .*other programs: they took/);
    expect(exitCode).toBe(1);
    expect(await readdir(out)).toEqual([]);
  });

  it('bench --wait-for-quiet gives up in time, with the reason', async () => {
    const { exitCode, stderr } = await cli([...bench(), '--wait-for-quiet', '3s']);
    expect(stderr).toMatch(/the machine did not get quiet within 3 s: .*other programs: they took/);
    expect(exitCode).toBe(1);
    expect(await readdir(out)).toEqual([]);
  });

  it('bench --no-fitness has nothing to refuse or to wait for', async () => {
    const { exitCode, stderr } = await cli([...bench(), '--no-fitness', '--require-fit']);
    expect(stderr).toMatch(/--no-fitness.* cannot be used with .*--require-fit/);
    expect(exitCode).toBe(2);
    expect(await readdir(out)).toEqual([]);
  });

  it('bench --wait-for-quiet is ended by Ctrl-C, and leaves nothing', async () => {
    const running = startCli([...bench(), '--wait-for-quiet', '10m']);
    expect(await waitUntil(() => running.stderr().includes('waiting until'), 20_000)).toBe(true);
    running.child.kill('SIGINT');
    expect((await running.done).exitCode).toBe(130);
    expect(await readdir(out)).toEqual([]);
  });
});
