import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { isListening } from '../../src/lib/listeners.js';
import { waitUntil } from '../../src/lib/sleep.js';
import { KernelName } from '../../src/model/calibration.js';
import { CellRecord } from '../../src/model/record.js';
import { cli, type RunningCli, startCli } from '../support/cli.js';
import { DIRECT, FAKE_ENVIRONMENT, fakeManifest, gatewaysFolder } from '../support/fake-gateway.js';
import { freePort } from '../support/free-port.js';
import { aScenario } from '../support/scenario.js';

const MOCK_PORT = await freePort();
const FAKE_PORT = await freePort();
const DEAD_PORT = await freePort();
const STUBBORN_PORT = await freePort();
/** What the stubborn gateway is given to stop in. */
const GRACE_S = 60;

/** Other tests run beside these, so that any cell may be invalid. */
const NO_RETRY = ['--retry-invalid', '0'];

let gateways: { path: string; remove(): Promise<void> };
let folder: string;
let environment: Record<string, string>;
let common: string[];

beforeAll(async () => {
  gateways = await gatewaysFolder([
    DIRECT,
    fakeManifest('fake', FAKE_PORT, 'ok'),
    fakeManifest('dead', DEAD_PORT, 'exit'),
    fakeManifest('stubborn', STUBBORN_PORT, 'stubborn', { stop: { signal: 'SIGTERM', graceS: GRACE_S } }),
    { ...fakeManifest('absent', 18_103, 'ok'), version: '0.0.1' },
  ]);
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  environment = { ...FAKE_ENVIRONMENT, GATEBENCH_INSTALL_DIR: join(folder, 'installs') };
  const scenario = join(folder, 'tiny.yaml');
  await writeFile(scenario, stringify({ ...aScenario(), name: 'tiny' }));
  const driven = ['--gateways-dir', gateways.path, '--mock-port', String(MOCK_PORT), ...NO_RETRY];
  common = ['bench', ...driven, '--scenario', scenario, '--no-calibration'];
  const setup = await cli(['setup', '--gateways-dir', gateways.path, '--json'], environment);
  expect(setup.exitCode).toBe(0);
  expect(JSON.parse(setup.stdout)).toMatchObject([
    { gateway: 'absent', outcome: 'failed' },
    { gateway: 'dead', outcome: 'installed', version: process.versions.node },
    { gateway: 'fake', outcome: 'installed', version: process.versions.node },
    { gateway: 'stubborn', outcome: 'installed', version: process.versions.node },
  ]);
});
afterAll(async () => {
  await gateways.remove();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => expect([MOCK_PORT, FAKE_PORT, DEAD_PORT, STUBBORN_PORT].filter(isListening)).toEqual([]));

it('uses a program that a variable names without setup, and says where it can’t', async () => {
  const installs = { GATEBENCH_INSTALL_DIR: join(folder, 'nothing-installed') };
  const plan = async (more: Record<string, string>) => {
    const { stdout } = await cli(
      ['plan', '-g', 'fake,absent', '--gateways-dir', gateways.path, '--scenario', join(folder, 'tiny.yaml'), '--json'],
      { ...more, ...installs },
    );
    return JSON.parse(stdout).gateways as {
      gateway: string;
      version: string | null;
      skip: { reason: string } | null;
    }[];
  };
  expect(await plan({ GATEBENCH_FAKE_BIN: '' })).toMatchObject([
    { gateway: 'fake', skip: { reason: expect.stringContaining('is not installed') } },
    { gateway: 'absent', skip: { reason: expect.stringContaining('is not installed') } },
  ]);
  expect(await plan(FAKE_ENVIRONMENT)).toMatchObject([
    { gateway: 'fake', version: process.versions.node, skip: null },
    { gateway: 'absent', skip: { reason: expect.stringContaining('but the manifest asks for 0.0.1') } },
  ]);
});

let outs = 0;
async function freshOut(): Promise<string> {
  const out = join(folder, `out-${++outs}`);
  await mkdir(out);
  return out;
}

function runIn(out: string): string {
  const [run] = readdirSync(out);
  if (!run) throw new Error(`no run in ${out}`);
  return join(out, run);
}

async function recordOf(run: string, cell: string): Promise<CellRecord> {
  return CellRecord.parse(JSON.parse(await readFile(join(run, 'cells', cell, 'record.json'), 'utf8')));
}

const reached = (running: RunningCli, pattern: RegExp) =>
  waitUntil(() => pattern.test(running.stderr()) || running.child.exitCode !== null, 30_000);

describe('a whole run', () => {
  it('leaves records, samples, logs, tables and charts, and names what failed', async () => {
    const out = await freshOut();
    const result = await cli([...common, '-g', 'direct,fake,dead,absent', '--seed', '3', '--out', out], environment);
    expect(result.exitCode, result.stderr).toBe(1);
    expect(result.stderr).toMatch(/dead, 5 VUs: failed at ready: .*exit code 3[\s\S]*cannot read the configuration/);
    expect(result.stderr).toMatch(/absent.*skipped/);
    const run = runIn(out);
    const fake = await recordOf(run, 'fake-v5-r1');
    expect(['ok', 'invalid']).toContain(fake.outcome.kind);
    const reported = JSON.parse(await readFile(join(run, 'report', 'results.json'), 'utf8')).cells;
    const cellOf = (id: string) => reported.find(({ cell }: CellRecord) => cell.id === id);
    const { overheadUs, outcome } = cellOf('fake-v5-r1');
    // On a busy machine direct may be invalid, and a trusted cell has no overhead then.
    const hasOverhead = outcome.kind !== 'ok' || cellOf('direct-v5-r1').outcome.kind === 'ok';
    expect(typeof overheadUs?.p50).toBe(hasOverhead ? 'number' : 'undefined');
    expect((await recordOf(run, 'absent-v5-r1')).outcome).toMatchObject({ kind: 'skipped' });
    for (const file of ['samples.jsonl', 'gateway.log', 'mock.log']) {
      expect(existsSync(join(run, 'cells', 'fake-v5-r1', file)), file).toBe(true);
    }
    const report = readdirSync(join(run, 'report'));
    expect(report.sort()).toEqual([
      'charts',
      'comparisons.csv',
      'cost.csv',
      'index.html',
      'intervals.csv',
      'metrics.csv',
      'report.md',
      'results.csv',
      'results.json',
    ]);
    // On a busy machine cells are invalid, and charts leave those out.
    expect(readdirSync(join(run, 'report', 'charts')).length).toBeGreaterThanOrEqual(2);
    expect(result.stdout).toContain('Throughput');
    expect(readdirSync(join(run, 'cells')).filter((name) => name.startsWith('.'))).toEqual([]);
    const again = await cli(['report', run, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ cells: expect.any(Array) });
  }, 120_000);
});

describe('one gateway against itself', () => {
  it('is measured under two labels in the same blocks, and resumed as that', async () => {
    const out = await freshOut();
    const running = startCli([...common, '--aa', 'fake', '--repeats', '3', '--seed', '2', '--out', out], environment);
    await reached(running, /\[3\/6\].*left in the run/);
    running.child.kill('SIGINT');
    expect((await running.done).exitCode).toBe(130);
    const run = runIn(out);
    const resumed = await cli(['bench', '--resume', run, ...NO_RETRY]);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    const { aa, cells } = JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));
    expect(aa).toEqual({ gateway: 'fake', copy: 'fake:again' });
    const blocks = [1, 2, 3].map((repeat) => cells.filter((cell: CellRecord['cell']) => cell.repeat === repeat));
    for (const block of blocks) {
      expect(block.map(({ variant }: CellRecord['cell']) => variant).sort()).toEqual(['again', 'default']);
    }
    const again = await recordOf(run, 'fake.again-v5-r3');
    expect(again.gateway.configSha256).toBe((await recordOf(run, 'fake-v5-r3')).gateway.configSha256);
    // On a busy machine there may be too few cells to trust.
    expect(resumed.stderr).toMatch(/noise floor of fake on this machine|no noise floor: fewer than three blocks/);
  }, 180_000);
});

describe('the machine’s own speed', () => {
  it('is measured before and after each cell, by every kind of work', async () => {
    const out = await freshOut();
    const calibrated = common.filter((word) => word !== '--no-calibration');
    const result = await cli([...calibrated, '-g', 'direct', '--out', out], environment);
    expect(result.exitCode, result.stderr).toBe(0);
    const run = runIn(out);
    const { calibration, startedAt, endedAt } = await recordOf(run, 'direct-v5-r1');
    const { before, after } = calibration ?? {};
    for (const moment of [before, after]) {
      for (const kernel of KernelName.options) expect(moment?.kernels[kernel].cpuNs.min, kernel).toBeGreaterThan(0);
    }
    const moments = [startedAt, before?.takenAt ?? '', after?.takenAt ?? '', endedAt];
    expect(moments.toSorted()).toEqual(moments);
    expect(JSON.parse(await readFile(join(run, 'run.json'), 'utf8')).calibration).toBe(true);
  });
});

describe('an interrupted run', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    '%s keeps finished records, leaves nothing behind, and goes on with --resume',
    async (signal, exitCode) => {
      const out = await freshOut();
      const running = startCli(
        [...common, '-g', 'direct,fake', '--vus', '3,4', '--seed', '1', '--out', out],
        environment,
      );
      await reached(running, /\[2\/4\].*left in the run/);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      running.child.kill(signal);
      const result = await running.done;
      expect(result.exitCode, result.stderr).toBe(exitCode);
      const run = runIn(out);
      expect(result.stderr).toContain(`resume with: gatebench bench --resume ${run}\n`);
      const cells = readdirSync(join(run, 'cells'));
      // One, unless the signal came late.
      expect(cells.length).toBeGreaterThanOrEqual(1);
      expect(cells.length).toBeLessThan(4);
      const [finished = ''] = cells;
      const before = await recordOf(run, finished);

      if (signal !== 'SIGINT') return;
      const resumed = await cli(['bench', '--resume', run, ...NO_RETRY]);
      expect(resumed.exitCode, resumed.stderr).toBe(0);
      expect(resumed.stderr).toContain(`${cells.length} of 4 cells are finished`);
      expect(readdirSync(join(run, 'cells'))).toHaveLength(4);
      const after = await recordOf(run, finished);
      expect(after).toEqual(before);
    },
    120_000,
  );

  it('ends at once when it is asked twice, though the gateway takes a minute to stop', async () => {
    const out = await freshOut();
    const running = startCli([...common, '-g', 'stubborn', '--duration', '60s', '--out', out], environment);
    await reached(running, /\[1\/1\].*left in the run/);
    expect(await waitUntil(() => isListening(STUBBORN_PORT), 30_000)).toBe(true);
    running.child.kill('SIGINT');
    expect(await waitUntil(() => running.stderr().includes('stopping what was started'), 30_000)).toBe(true);
    expect(running.child.exitCode).toBeNull();
    const askedMs = performance.now();
    running.child.kill('SIGINT');
    const result = await running.done;
    expect(performance.now() - askedMs).toBeLessThan((GRACE_S * 1000) / 2);
    expect(result.exitCode).toBe(130);
    expect(result.stderr).not.toContain('--resume');
    expect(await waitUntil(() => !isListening(STUBBORN_PORT) && !isListening(MOCK_PORT), 20_000)).toBe(true);
  });

  it('refuses to change the plan of a run that it resumes', async () => {
    const { exitCode, stderr } = await cli(['bench', '--resume', folder, '--vus', '7']);
    expect(stderr).toContain("--vus can't be given with --resume");
    expect(exitCode).toBe(2);
  });
});

describe('files that are not as they should be', () => {
  it('measures a truncated record again and keeps what was there', async () => {
    const out = await freshOut();
    await cli([...common, '-g', 'direct', '--out', out], environment);
    const run = runIn(out);
    const path = join(run, 'cells', 'direct-v5-r1', 'record.json');
    const whole = await readFile(path, 'utf8');
    await writeFile(path, whole.slice(0, whole.length / 2));
    const { exitCode, stderr } = await cli(['bench', '--resume', run, ...NO_RETRY]);
    expect(stderr).toMatch(/record\.json can't be read[\s\S]*measured again/);
    expect(exitCode).toBe(0);
    expect((await recordOf(run, 'direct-v5-r1')).requests?.ok).toBeGreaterThan(0);
    expect(existsSync(join(run, 'cells', '.damaged-direct-v5-r1', 'record.json'))).toBe(true);
  });

  it.each([
    ['/sys/gatebench', /\/sys\/gatebench is not writable/],
    ['/proc/gatebench/results', /\/proc\/gatebench\/results can't be written/],
    ['/dev/null/results', /\/dev\/null\/results can't be written: ENOTDIR/],
  ])('says that %s is not writable before anything is measured', async (out, message) => {
    const { exitCode, stderr } = await cli([...common, '-g', 'direct', '--out', out], environment);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('left in the run');
    expect(exitCode).toBe(1);
  });

  it('says which process holds a port, and measures the cell again once it is free', async () => {
    const out = await freshOut();
    const squatter = spawn(process.execPath, ['-e', `require('net').createServer().listen(${MOCK_PORT},'127.0.0.1')`]);
    try {
      await waitUntil(() => isListening(MOCK_PORT), 20_000);
      const { exitCode, stderr } = await cli([...common, '-g', 'direct', '--out', out], environment);
      expect(stderr).toContain(`port ${MOCK_PORT}, which the mock upstream needs, is taken by PID ${squatter.pid}`);
      expect(exitCode).toBe(1);
    } finally {
      squatter.kill('SIGKILL');
      await waitUntil(() => !isListening(MOCK_PORT), 20_000);
    }
    const run = runIn(out);
    expect((await recordOf(run, 'direct-v5-r1')).outcome.kind).toBe('failed');
    const again = await cli(['bench', '--resume', run, ...NO_RETRY]);
    expect(again.stderr).toContain('0 of 1 cells are finished, 1 failed and is measured again');
    expect(again.exitCode, again.stderr).toBe(0);
    expect((await recordOf(run, 'direct-v5-r1')).requests?.ok).toBeGreaterThan(0);
  });

  const mountable = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
  if (!mountable) process.stderr.write('SKIPPED: a full disk is made with a small tmpfs, which takes root\n');
  it.skipIf(!mountable)(
    'ends with a clear message when the disk is full, and keeps what was finished',
    async () => {
      const disk = join(folder, 'disk');
      await mkdir(disk);
      expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]).status).toBe(0);
      try {
        const running = startCli([...common, '-g', 'direct', '--vus', '2,3', '--out', disk], environment);
        await reached(running, /\[2\/2\].*left in the run/);
        spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'ballast')}`, 'bs=1k'], { stdio: 'ignore' });
        const { exitCode, stderr } = await running.done;
        expect(stderr).toContain('no space left to write');
        expect(stderr).toContain('--resume');
        expect(stderr).not.toMatch(/^\s+at /m);
        expect(exitCode).toBe(1);
        const run = join(disk, readdirSync(disk).find((name) => name !== 'ballast') ?? '');
        expect((await recordOf(run, 'direct-v2-r1')).requests?.ok).toBeGreaterThan(0);
      } finally {
        spawnSync('umount', [disk]);
      }
    },
    120_000,
  );
});
