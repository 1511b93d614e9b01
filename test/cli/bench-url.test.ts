import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { isListening } from '../../src/lib/listeners.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { waitUntil } from '../../src/lib/sleep.js';
import { CellRecord } from '../../src/model/record.js';
import { Run } from '../../src/model/run.js';
import { cli } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { aScenario } from '../support/scenario.js';

const FAKE = join(PACKAGE_ROOT, 'test', 'fixtures', 'fake-gateway', 'fake-gateway.mjs');
const MOCK_PORT = await freePort();
const PORT = await freePort();
const SECRET = 'sk-never-on-disk';

let folder: string;
let common: string[];
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  const scenario = join(folder, 'tiny.yaml');
  await writeFile(scenario, stringify({ ...aScenario(), name: 'tiny' }));
  const driven = ['--mock-port', String(MOCK_PORT), '--retry-invalid', '0', '--no-calibration'];
  common = ['bench', ...driven, '--scenario', scenario];
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A gateway of somebody else's. */
async function started(...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { stdio: 'ignore', detached: true });
  running.push(child);
  expect(await waitUntil(() => isListening(PORT), 10_000)).toBe(true);
  return child;
}
const fakeGateway = (mode: string) =>
  started(FAKE, '--port', String(PORT), '--upstream', `http://127.0.0.1:${MOCK_PORT}`, '--mode', mode);

async function bench(name: string, ...args: string[]) {
  const out = join(folder, name);
  const result = await cli([...common, '--out', out, '--url', `http://127.0.0.1:${PORT}/v1`, ...args]);
  return { ...result, out };
}

async function resultsIn(out: string) {
  const [id = ''] = readdirSync(out);
  const path = join(out, id);
  const run = Run.parse(JSON.parse(await readFile(join(path, 'run.json'), 'utf8')));
  const read = async (cell: string) => readFile(join(path, 'cells', cell, 'record.json'), 'utf8');
  const records = await Promise.all(
    run.cells.map(async ({ id: cell }) => CellRecord.parse(JSON.parse(await read(cell)))),
  );
  const of = (gateway: string) => records.find((record) => record.cell.gateway === gateway);
  return { path, run, of };
}

describe('a gateway that already runs', () => {
  it('is measured beside direct, with its processes found by its port, and left running', async () => {
    const child = await fakeGateway('workers');
    const { exitCode, stderr, stdout, out } = await bench('plain', '--name', 'mine', '--header', `X-Key: ${SECRET}`);
    expect(stderr).toContain(`mine    mine (runs already at http://127.0.0.1:${PORT}; PID ${child.pid} (`);
    expect(exitCode, stderr).toBe(0);
    const { path, run, of } = await resultsIn(out);
    const mine = of('mine');
    expect(['ok', 'invalid']).toContain(mine?.outcome.kind);
    expect(mine?.requests?.ok).toBeGreaterThan(0);
    expect(mine?.mock?.requests, 'they went to the mock').toBeGreaterThan(0);
    expect(mine?.gateway.runtime).toEqual({ kind: 'attached', origin: `http://127.0.0.1:${PORT}`, pid: child.pid });
    expect(mine?.resources.gateway, 'a master and two workers').toMatchObject({ processesMax: 3 });
    expect(mine?.gates.map(({ gate }) => gate)).toEqual(of('direct')?.gates.map(({ gate }) => gate));
    expect(stdout).toMatch(/^mine /m);
    expect(run.attached).toMatchObject({ name: 'mine', path: '/v1/chat/completions', headerNames: ['x-key'] });
    expect(JSON.stringify(run)).not.toContain(SECRET);
    const report = await readFile(join(path, 'report', 'report.md'), 'utf8');
    expect(report).toContain(`--url http://127.0.0.1:${PORT}/v1/chat/completions --name mine`);
    expect(report).toContain('was neither started nor stopped');
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    expect(isListening(PORT)).toBe(true);

    const resumed = await cli(['bench', '--resume', path]);
    expect(resumed.stderr).toContain('the run was begun with the header x-key, whose value is not kept');
    expect(resumed.exitCode).toBe(2);
    const again = await cli(['bench', '--resume', path, '--header', `x-key: ${SECRET}`]);
    expect(again.exitCode, again.stderr).toBe(0);
  });

  it('has no overhead, and nothing of its upstream, where that is external', async () => {
    await started(join(PACKAGE_ROOT, 'dist/mock-upstream/main.js'), `--port=${PORT}`, '--latency=5ms', '--quiet');
    const { exitCode, stderr, out } = await bench('external', '--upstream', 'external', '--pid', String(process.pid));
    expect(stderr, 'gatebench is below this process').toContain('gatebench itself runs below this process');
    expect(exitCode).toBe(2);
    const second = await bench('external', '--upstream', 'external');
    expect(second.exitCode, second.stderr).toBe(0);
    const { run, of } = await resultsIn(out);
    expect(run.gateways.map(({ gateway }) => gateway)).toEqual(['running']);
    expect(of('running')?.mock).toBeNull();
    expect(of('running')?.gates.filter(({ message }) => message.includes("is not gatebench's mock"))).toMatchObject([
      { gate: 'mock upstream', verdict: 'unknown' },
      { gate: 'upstream requests', verdict: 'unknown' },
    ]);
    expect(isListening(MOCK_PORT)).toBe(false);
  });

  it('that ends under load has crashed', async () => {
    await fakeGateway('crash-at-request-20');
    const { exitCode, stderr, out } = await bench('crash', '--duration', '5s');
    expect(exitCode, stderr).toBe(0);
    expect((await resultsIn(out)).of('running')?.outcome).toMatchObject({ kind: 'crashed', exitCode: null });
  });

  it('that sends elsewhere fails with what to change', async () => {
    await started(
      join(PACKAGE_ROOT, 'dist/mock-upstream/main.js'),
      `--port=${PORT}`,
      '--quiet',
      '--contract=full',
      '--text=Elsewhere.',
    );
    const { exitCode, out } = await bench('elsewhere');
    expect(exitCode).toBe(1);
    expect((await resultsIn(out)).of('running')?.outcome).toMatchObject({
      kind: 'failed',
      stage: 'verify',
      hint: expect.stringContaining(`its upstream has to be the mock, at http://127.0.0.1:${MOCK_PORT}`),
    });
  });

  it('that does not answer is refused before anything is measured', async () => {
    const { exitCode, stderr, out } = await bench('absent');
    expect(stderr).toContain(`no gateway answers at http://127.0.0.1:${PORT}`);
    expect(exitCode).toBe(1);
    expect(readdirSync(out)).toEqual([]);
  });
});
