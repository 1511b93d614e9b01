import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { findInstallation } from '../../src/install/receipt.js';
import { commandLineOf, isListening, listenersOf } from '../../src/lib/listeners.js';
import { readProcess, readProcessTable, treeOf } from '../../src/lib/process-table.js';
import { rootsOf } from '../../src/lib/roots.js';
import { waitUntil } from '../../src/lib/sleep.js';
import { findGateway, readGateways } from '../../src/store/gateways.js';
import { cli, startCli } from '../support/cli.js';
import { FAKE_ENVIRONMENT, fakeManifest, gatewaysFolder } from '../support/fake-gateway.js';
import { freePort } from '../support/free-port.js';
import { aScenario } from '../support/scenario.js';

const MOCK_PORT = await freePort();
const FAKE_PORT = await freePort();
const roots = rootsOf();
const nginx = findGateway(await readGateways(roots.gateways), 'nginx');
if (nginx.kind !== 'process') throw new Error('nginx runs as a process');
const found = await findInstallation(roots.installs, nginx);
if (!found.valid) process.stderr.write(`\nSKIPPED on this machine: a bench of nginx that is killed: ${found.reason}\n`);

let gateways: { path: string; remove(): Promise<void> };
let folder: string;
let temporary: string;
let fakeEnvironment: Record<string, string>;

beforeAll(async () => {
  gateways = await gatewaysFolder([fakeManifest('fake', FAKE_PORT, 'daemon')]);
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  temporary = join(folder, 'tmp');
  await mkdir(temporary, { mode: 0o755 });
  // Workers that run as another user come through here.
  await chmod(folder, 0o711);
  fakeEnvironment = { ...FAKE_ENVIRONMENT, GATEBENCH_INSTALL_DIR: join(folder, 'installs') };
  const setup = await cli(['setup', '--gateways-dir', gateways.path], fakeEnvironment);
  expect(setup.exitCode, setup.stderr).toBe(0);
});
afterAll(async () => {
  await gateways.remove();
  await rm(folder, { recursive: true, force: true });
});

async function benchArgs(gateway: string, durationS: number): Promise<string[]> {
  const scenario = join(folder, `for-${durationS}-s.yaml`);
  await writeFile(scenario, stringify({ ...aScenario({ durationS }), name: 'tiny' }));
  const results = join(folder, 'results');
  await mkdir(results, { recursive: true });
  const from = gateway === 'fake' ? ['--gateways-dir', gateways.path] : [];
  return ['bench', '-g', gateway, ...from, '--mock-port', String(MOCK_PORT), '--out', results, '--scenario', scenario];
}

const isAlive = (pid: number) => (readProcess(pid)?.state ?? 'Z') !== 'Z';
const isLoadWorker = (pid: number) => /worker\.js/.test(commandLineOf(pid) ?? '');

/** A gateway whose server has left its tree, and one that overwrites its environment, so that its mark is gone. */
const GATEWAYS = [
  { gateway: 'fake', port: FAKE_PORT, program: 'node', skip: false },
  { gateway: 'nginx', port: nginx.process.port, program: 'nginx', skip: !found.valid },
];

describe.each(GATEWAYS)('a bench of $gateway that is killed', ({ gateway, port, program, skip }) => {
  it.skipIf(skip)('is cleaned up by the next one, and by none while it lives', async () => {
    const environment = { TMPDIR: temporary, ...(gateway === 'fake' ? fakeEnvironment : {}) };
    const first = startCli(await benchArgs(gateway, 600), environment);
    const started = () => treeOf(first.child.pid ?? 0, readProcessTable());
    expect(await waitUntil(() => started().some(isLoadWorker), 30_000), first.stderr()).toBe(true);
    const tree = started();
    const servers = listenersOf(port);
    expect(servers.length).toBeGreaterThan(0);

    const beside = await cli([...(await benchArgs(gateway, 1)), '--allow-concurrent'], environment);
    expect(beside.exitCode, beside.stderr).not.toBe(0);
    expect(beside.stderr).not.toMatch(/cleaned up/);
    expect([first.child.exitCode, listenersOf(port)]).toEqual([null, servers]);

    first.child.kill('SIGKILL');
    await first.done;
    // Mock and load workers notice by themselves; a gateway knows nothing of gatebench.
    const rest = () => tree.filter((pid) => isAlive(pid) && !servers.includes(pid));
    const own = () => rest().filter((pid) => isLoadWorker(pid) || /mock/.test(commandLineOf(pid) ?? ''));
    expect(await waitUntil(() => !isListening(MOCK_PORT) && own().length === 0, 20_000)).toBe(true);
    expect(listenersOf(port)).toEqual(servers);

    const next = await cli(await benchArgs(gateway, 1), environment);
    expect(next.exitCode, next.stderr).toBe(0);
    const said = next.stderr.split('\n').filter((line) => line.startsWith('cleaned up after'));
    expect(said).toHaveLength(1);
    for (const pid of servers) expect(said[0]).toContain(`${program} (PID ${pid})`);
    expect(said[0]).toContain(`removed ${temporary}/gatebench-`);
    expect([...servers, ...tree].filter(isAlive)).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });
});
