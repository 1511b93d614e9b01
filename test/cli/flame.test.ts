import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { waitUntil } from '../../src/lib/sleep.js';
import { CellRecord } from '../../src/model/record.js';
import { importProfile } from '../../src/profilers/import-file.js';
import { cli, startCli } from '../support/cli.js';
import { DIRECT, FAKE_ENVIRONMENT, fakeManifest, gatewaysFolder } from '../support/fake-gateway.js';
import { freePort } from '../support/free-port.js';
import { aScenario } from '../support/scenario.js';

const FAKE_PORT = await freePort();
const MOCK_PORT = await freePort();
const FORMS = ['flame.html', 'flame.svg', 'profile.folded', 'profile.pb.gz', 'profile.speedscope.json'];

let folder: string;
let gateways: { path: string; remove(): Promise<void> };
let environment: Record<string, string>;
let common: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  gateways = await gatewaysFolder([
    DIRECT,
    { ...fakeManifest('fake', FAKE_PORT, 'ok'), profiler: { native: 'v8' } },
  ] as { name: string }[]);
  environment = { ...FAKE_ENVIRONMENT, GATEBENCH_INSTALL_DIR: join(folder, 'installs') };
  const scenario = join(folder, 'tiny.yaml');
  await writeFile(scenario, stringify({ ...aScenario(), name: 'tiny' }));
  common = [
    '--gateways-dir',
    gateways.path,
    '--mock-port',
    String(MOCK_PORT),
    '--scenario',
    scenario,
    '--no-calibration',
  ];
  const setup = await cli(['setup', '--gateways-dir', gateways.path], environment);
  expect(setup.exitCode, setup.stderr).toBe(0);
});
afterAll(async () => {
  await gateways.remove();
  await rm(folder, { recursive: true, force: true });
});

const runIn = (out: string) => join(out, readdirSync(out)[0] ?? '');

describe('flame', () => {
  let run: string;

  it('profiles a gateway in a cell of its own, beside one without a profiler', async () => {
    const out = join(folder, 'flame');
    const args = ['--profiler', 'cpuprofile', '--rate', '999', '--vus', '5', '--duration', '2s', '--out', out];
    const result = await cli(['flame', ...common, ...args], environment);
    expect(result.exitCode, result.stderr).toBe(0);
    run = runIn(out);
    expect(readdirSync(join(run, 'cells')).sort()).toEqual(['fake-v5-r1', 'fake-v5-r1-cpuprofile']);
    expect(readdirSync(join(run, 'report', 'flame', 'fake-v5-r1-cpuprofile')).sort()).toEqual(FORMS);
    expect(result.stdout).toContain('languages’ own profilers');
    expect(result.stdout).not.toContain('Throughput');
    const profile = await importProfile(join(run, 'cells', 'fake-v5-r1-cpuprofile', 'profile.json.gz'));
    expect(profile.meta).toMatchObject({
      profiler: 'cpuprofile',
      subject: { label: 'fake', language: 'Node' },
      load: { vus: 5 },
    });
    expect(profile.frames.some(({ file }) => file?.endsWith('fake-gateway.mjs'))).toBe(true);
  });

  it('has its figures as data too', async () => {
    const { profiles } = JSON.parse(await readFile(join(run, 'report', 'results.json'), 'utf8'));
    expect(profiles).toHaveLength(1);
    const [profile] = profiles;
    expect(profile.cellId).toBe('fake-v5-r1-cpuprofile');
    const shares = profile.categories.map(({ share }: { share: number }) => share);
    expect(shares.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(profile.hotFunctions.length).toBeGreaterThan(3);
    expect(profile.findings[0].figures.length).toBeGreaterThan(0);
  });

  it('renders the same pages again from the files alone', async () => {
    const page = join(run, 'report', 'flame', 'fake-v5-r1-cpuprofile', 'flame.html');
    const before = await readFile(page, 'utf8');
    await rm(join(run, 'report'), { recursive: true });
    expect((await cli(['report', run])).exitCode).toBe(0);
    expect(await readFile(page, 'utf8')).toBe(before);
  });

  it('goes on where a profiled cell is missing', async () => {
    await rm(join(run, 'cells', 'fake-v5-r1-cpuprofile'), { recursive: true });
    const result = await cli(['flame', '--resume', run]);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stderr).toContain('1 of 2 cells are finished');
    expect(existsSync(join(run, 'cells', 'fake-v5-r1-cpuprofile', 'profile.json.gz'))).toBe(true);
  });

  it('compares two profiles', async () => {
    const cell = join(run, 'cells', 'fake-v5-r1-cpuprofile');
    const out = join(folder, 'diff.html');
    const result = await cli(['flame', 'diff', cell, cell, '--out', out, '--json']);
    expect(result.exitCode, result.stderr).toBe(0);
    const diff = JSON.parse(result.stdout);
    expect(diff.measure).toEqual({ unit: 'cpu-us-per-request' });
    for (const { before, after } of diff.categories) expect(after).toBeCloseTo(before, 9);
    expect(readFileSync(out, 'utf8')).toContain('<!doctype html>');
  });

  it('appends profiled cells to a bench', async () => {
    const out = join(folder, 'bench');
    const args = ['-g', 'direct,fake', '--vus', '5,8', '--flame', '--profiler', 'cpuprofile', '--out', out];
    const result = await cli(['bench', ...common, '--retry-invalid', '0', ...args], environment);
    expect(result.exitCode, result.stderr).toBe(0);
    const cells = JSON.parse(readFileSync(join(runIn(out), 'run.json'), 'utf8')).cells as { id: string }[];
    expect(cells).toHaveLength(5);
    expect(cells.at(-1)?.id).toBe('fake-v5-r1-cpuprofile');
    const record = CellRecord.parse(
      JSON.parse(readFileSync(join(runIn(out), 'cells', 'fake-v5-r1-cpuprofile', 'record.json'), 'utf8')),
    );
    expect(record.profile?.samples).toBeGreaterThan(0);
    const reported = JSON.parse(readFileSync(join(runIn(out), 'report', 'results.json'), 'utf8')).cells;
    expect(reported.at(-1)).toMatchObject({ cell: { id: record.cell.id }, overheadUs: null });
  }, 120_000);

  it('tells before anything is measured that a gateway has no such profiler', async () => {
    const result = await cli(['flame', ...common, '--profiler', 'pprof', '--out', join(folder, 'none')], environment);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(
      /not profiled:\n {2}fake by pprof: .+\n[\s\S]*error: nothing can be profiled as asked/,
    );
    expect(existsSync(join(folder, 'none'))).toBe(true);
    expect(readdirSync(join(folder, 'none'))).toEqual([]);
  });
});

describe('flame --attach', () => {
  const spin = join(PACKAGE_ROOT, 'test', 'fixtures', 'spin', 'spin.mjs');

  it('profiles a process that runs already; Ctrl-C keeps what was seen', async () => {
    const child = spawn(process.execPath, [spin, '30'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      const out = join(folder, 'attached');
      const options = ['--profiler', 'cpuprofile', '--duration', '60s', '--rate', '999', '--out', out];
      const running = startCli(['flame', '--attach', String(child.pid), ...options]);
      expect(await waitUntil(() => running.stderr().includes('Ctrl-C ends it early'), 60_000)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      running.child.kill('SIGINT');
      const result = await running.done;
      expect(result.exitCode, result.stderr).toBe(0);
      expect(readdirSync(out)).toEqual(expect.arrayContaining(FORMS));
      const profile = await importProfile(join(out, 'profile.json.gz'));
      // Of 2 s on a busy machine one of the three may be missing.
      const seen = ['alpha', 'beta', 'gamma'].filter((each) => profile.frames.some(({ name }) => name === each));
      expect(seen.length).toBeGreaterThanOrEqual(2);
      expect(child.exitCode).toBeNull();
    } finally {
      child.kill('SIGKILL');
    }
  });
});
