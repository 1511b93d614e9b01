import { readdirSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { waitUntil } from '../../src/lib/sleep.js';
import { cli, type RunningCli, startCli } from '../support/cli.js';
import { DIRECT, gatewaysFolder } from '../support/fake-gateway.js';
import { freePort } from '../support/free-port.js';
import { aScenario } from '../support/scenario.js';

let gateways: { path: string; remove(): Promise<void> };
let folder: string;
let scenario: string;
let outs = 0;

beforeAll(async () => {
  gateways = await gatewaysFolder([DIRECT]);
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  scenario = join(folder, 'tiny.yaml');
  await writeFile(scenario, stringify({ ...aScenario(), name: 'tiny' }));
});
afterAll(async () => {
  await gateways.remove();
  await rm(folder, { recursive: true, force: true });
});

/** A bench that measures its first cell in a moment and its second for long. */
async function start(locks: string, ...more: string[]): Promise<{ running: RunningCli; run: () => string }> {
  const out = join(folder, `out-${++outs}`);
  const running = startCli(
    ['bench', '--gateways-dir', gateways.path, '--mock-port', String(await freePort()), '--scenario', scenario]
      .concat(['--vus', '3,4', '--duration', '2s', '--out', out])
      .concat(more),
    { GATEBENCH_LOCK_DIR: locks },
  );
  return { running, run: () => join(out, readdirSync(out).at(-1) ?? '') };
}

const reached = (running: RunningCli, pattern: RegExp) =>
  waitUntil(() => pattern.test(running.stderr()) || running.child.exitCode !== null, 60_000);

describe('two at once', () => {
  it('are refused, on one run and on one machine, with the PID of the first; what kill -9 left behind is not in the way', async () => {
    const locks = join(folder, 'locks');
    const { running, run } = await start(locks, '--recovery', '60s');
    await reached(running, /\[1\/2\].*left in the run/);

    const same = await cli(['bench', '--resume', run()], { GATEBENCH_LOCK_DIR: locks });
    expect(same.stderr).toContain(`this run is in progress (PID ${running.child.pid}): ${run()}`);
    expect(same.exitCode).toBe(2);

    const another = await (await start(locks)).running.done;
    expect(another.stderr).toMatch(
      new RegExp(`another measurement is in progress on this machine \\(PID ${running.child.pid}: bench, results in `),
    );
    expect(another.stderr).toContain('--allow-concurrent');
    expect(another.exitCode).toBe(2);
    const selfbench = await cli(['selfbench', '--quick'], { GATEBENCH_LOCK_DIR: locks });
    expect(selfbench.stderr).toContain(`in progress on this machine (PID ${running.child.pid}`);
    expect(selfbench.exitCode).toBe(2);

    const attached = await cli(['flame', '--attach', String(process.pid)], { GATEBENCH_LOCK_DIR: locks });
    expect(attached.stderr).toContain(`in progress on this machine (PID ${running.child.pid}`);
    expect(attached.exitCode).toBe(2);

    const allowed = await (await start(locks, '--allow-concurrent')).running.done;
    expect(allowed.stderr).toContain(`in progress on this machine: PID ${running.child.pid}`);
    expect(allowed.exitCode, allowed.stderr).toBe(0);

    running.child.kill('SIGKILL');
    await running.done;
    expect(readdirSync(locks)).toHaveLength(1);
    const resumed = startCli(['bench', '--resume', run()], { GATEBENCH_LOCK_DIR: locks });
    await reached(resumed, /\[1\/2\].*left in the run/);
    resumed.child.kill('SIGINT');
    expect((await resumed.done).exitCode, resumed.stderr()).toBe(130);
    expect(readdirSync(locks)).toEqual([]);
    expect(readdirSync(run()).sort()).toEqual(['cells', 'run.json']);
  }, 180_000);
});

describe('a results folder that is removed in mid-run', () => {
  it.each<[string, (run: string) => Promise<void>]>([
    ['removed', (run) => rm(run, { recursive: true })],
    ['moved', (run) => rename(run, `${run}-moved`)],
  ])(
    'is said to be gone when it was %s, and not kept',
    async (_, remove) => {
      const { running, run } = await start(join(folder, `locks-${outs}`));
      await reached(running, /\[2\/2\].*left in the run/);
      const path = run();
      await remove(path);
      const { exitCode, stderr } = await running.done;
      expect(stderr).toContain(`the results folder ${path} is gone`);
      expect(stderr).not.toContain('are kept');
      expect(exitCode).toBe(1);
      expect(readdirSync(join(path, '..'))).not.toContain(path.split('/').at(-1));
    },
    120_000,
  );
});
