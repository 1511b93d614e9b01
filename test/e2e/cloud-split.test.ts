import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findInstallation } from '../../src/install/receipt.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { rootsOf } from '../../src/lib/roots.js';
import { sleep, waitUntil } from '../../src/lib/sleep.js';
import { CellRecord } from '../../src/model/record.js';
import { findGateway, readGateways } from '../../src/store/gateways.js';
import { findToolProgram } from '../../src/store/tool-program.js';
import { cli, startCli } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { type Lan, lan, noLan } from '../support/network-cable.js';
import { projectThatSetsUp } from '../support/project.js';
import { noSshMachine, type SshMachine, sshMachine } from '../support/ssh-machine.js';

const k6 = findToolProgram({ name: 'k6', versionArgs: ['version'], versionPattern: /v(\d+\.\d+\.\d+)/ });
const missing = noSshMachine() ?? noLan() ?? (k6 === null ? 'k6 is not installed: gatebench setup k6' : null);
if (missing) process.stderr.write(`tests of cloud bench on several machines are skipped: ${missing}\n`);

/** One that takes any upstream, and one that has to be told that a private address may be one. */
const stored = await readGateways(rootsOf().gateways);
const gateways = ['direct'];
for (const name of ['nginx', 'portkey']) {
  const gateway = findGateway(stored, name);
  const receipt = gateway.kind === 'process' ? await findInstallation(rootsOf().installs, gateway) : null;
  if (receipt?.valid) gateways.push(name);
  else process.stderr.write(`${name} is not measured on several machines: gatebench setup ${name}\n`);
}

const ROLES = ['gateway', 'upstream', 'load-1', 'load-2'] as const;
type Role = (typeof ROLES)[number];
const VUS = 40;

describe.skipIf(missing !== null)('gatebench cloud bench --topology split', () => {
  let network: Lan;
  let machines: Record<Role, SshMachine>;
  let folder: string;
  let results: string;
  let project: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatebench-split-'));
    results = join(folder, 'results');
    project = await projectThatSetsUp(folder, `ln -sfn ${PACKAGE_ROOT}/dist dist`);
    network = await lan();
    const plugged = async (nth: number) => sshMachine(await freePort(), 0, await network.plug(nth));
    machines = {
      gateway: await plugged(0),
      upstream: await plugged(1),
      'load-1': await plugged(2),
      'load-2': await plugged(3),
    };
    // One key of ours lets us in everywhere. The machines have none for one another.
    const ours = await readFile(join(machines.gateway.folder, 'authorized_keys'), 'utf8');
    for (const role of ROLES) await authorize(machines[role], ours);
  });
  afterAll(async () => {
    for (const role of ROLES) await machines?.[role]?.remove();
    await network?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const environment = () => ({ GATEBENCH_CLOUD_DIR: join(folder, 'cloud') });
  const cloud = (...words: string[]) => cli(['cloud', ...words], environment());
  const hosts = () =>
    Object.fromEntries(
      ROLES.map((role) => [role, { address: machines[role].address, ssh_user: 'root', ssh_port: machines[role].port }]),
    );
  const formatUp = (name: string) => [
    ...[
      '--name',
      name,
      '--provider',
      'bring-your-own',
      '--topology',
      'split',
      '--var',
      `hosts=${JSON.stringify(hosts())}`,
    ],
    ...['--identity', machines.gateway.identity, '--yes', '--ssh-timeout', '20s'],
    ...['--remote-dir', join(folder, `remote-${name}`)],
  ];
  const benchWords = (name: string, durationS: number, ...more: string[]) => [
    ...[
      '--name',
      name,
      '--project',
      project,
      '-o',
      results,
      ...more,
      '--',
      '--scenario',
      'quick',
      '--vus',
      String(VUS),
    ],
    ...[
      '--warmup',
      '1s',
      '--duration',
      `${durationS}s`,
      '--retry-invalid',
      '0',
      '--no-calibration',
      '--no-fitness',
      '--cooldown',
      '0s',
      '--idle',
      '0s',
      '--recovery',
      '0s',
      '--upstream-latency',
      '60ms',
      '--seed',
      '7',
    ],
  ];
  const records = async (text: string) => {
    const cells = join(results, runOf(text), 'cells');
    const parsed = (await readdir(cells)).map(async (cell) =>
      CellRecord.parse(JSON.parse(await readFile(join(cells, cell, 'record.json'), 'utf8'))),
    );
    return (await Promise.all(parsed)).sort((a, b) => a.cell.gateway.localeCompare(b.cell.gateway));
  };
  const authorized = (role: Role) => readFile(join(machines[role].home, '.ssh', 'authorized_keys'), 'utf8');
  /** What a run leaves on its machines beside sshd: nothing. */
  const leftRunning = async () => {
    const pids = await Promise.all(
      ROLES.flatMap((role) => ['k6', 'node', 'nginx'].map((name) => machines[role].pidsOf(name))),
    );
    return pids.flat();
  };

  it('measures with load, gateway and upstream on machines of their own, and leaves nothing behind', async () => {
    const words = [...formatUp('apart'), '-g', gateways.join(',')];
    const { exitCode, stdout, stderr } = await cloud('bench', ...words, ...benchWords('apart', 4));
    process.stderr.write(`${stderr}\n${stdout}\n`);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/may now reach root@\S+, root@\S+, root@\S+/);
    const { upstream, gateway } = machines;
    const found = await records(stderr);
    expect(found.map(({ cell }) => cell.gateway)).toEqual(gateways);
    for (const record of found) {
      expect(record.outcome.kind).toMatch(/ok|invalid/);
      expect(record.requests?.failed).toEqual({});
      expect(record.engine.hosts?.map(({ host, vus }) => [host, vus])).toEqual(
        (['load-1', 'load-2'] as const).map((role) => [
          `root@${machines[role].address}:${machines[role].port}`,
          VUS / 2,
        ]),
      );
      expect(record.mock).toMatchObject({ host: `root@${upstream.address}:${upstream.port}` });
      // All of the window's requests came by the mock there: it began to count a moment after the window.
      expect((record.mock?.requests ?? 0) / (record.requests?.sent ?? 1)).toBeGreaterThan(0.8);
      expect(record.mock?.latenessUs?.p99).toBeGreaterThanOrEqual(0);
      expect(record.latencyUs?.min).toBeGreaterThanOrEqual(60_000);
      expect([record.resources.mock, record.resources.engine]).toEqual([null, null]);
    }
    const report = await readFile(join(results, runOf(stderr), 'report', 'report.md'), 'utf8');
    expect(report).toMatch(
      /Other hosts.*load from root@\S+, root@\S+; mock upstream on root@\S+; a gateway adds a network hop/,
    );
    expect(report).toMatch(new RegExp(`--gateway-address ${gateway.address} --upstream-host root@${upstream.address}`));

    expect(stderr).toMatch(/environment "apart" is removed; the files copied to your hosts are still there: /);
    expect(await leftRunning()).toEqual([]);
    for (const role of ['upstream', 'load-1', 'load-2'] as const)
      expect(await authorized(role)).not.toContain('restrict');
    expect(existsSync(join(folder, 'remote-apart', 'bench-key'))).toBe(false);
  });

  it('keeps what others put into authorized_keys, and lets the gateway’s machine in for commands alone', async () => {
    expect((await cloud('up', ...formatUp('kept'))).exitCode).toBe(0);
    const bench = await cloud('bench', '-g', 'direct', ...benchWords('kept', 1));
    expect(bench.exitCode).toBe(0);
    const lines = (await authorized('load-1')).trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/ somebody@else$/);
    expect(lines[1]).toMatch(/^restrict ssh-ed25519 \S+ gatebench-kept$/);
    // A second run makes no second key.
    expect((await cloud('bench', '-g', 'direct', ...benchWords('kept', 1))).exitCode).toBe(0);
    expect((await authorized('load-1')).trim().split('\n')).toEqual(lines);
    const status = await cloud('status', '--name', 'kept');
    expect(status.stdout).toMatch(
      /kept": bring-your-own, split[\s\S]*load-2: root@\S+ is reachable[\s\S]*bench: ended with exit code 0/,
    );

    const refused = await cloud('bench', ...benchWords('kept', 1), '--engine', 'native');
    expect(refused.stderr).toMatch(/--engine can't be given after -- with topology split/);
    expect(refused.exitCode).toBe(2);

    const down = await cloud('down', '--name', 'kept', '-o', results);
    expect(down.exitCode).toBe(0);
    expect((await authorized('load-1')).trim().split('\n')).toEqual(lines.slice(0, 1));
  });

  it('fails the cell when the upstream’s machine is lost, and names it', async () => {
    const { upstream } = machines;
    const bench = startCli(
      ['cloud', 'bench', ...formatUp('lost'), '-g', 'direct', ...benchWords('lost', 25)],
      environment(),
    );
    expect(await waitUntil(async () => (await machines['load-1'].pidsOf('k6')).length > 0, 90_000)).toBe(true);
    await sleep(6_000);
    await upstream.setLink(false);
    const { exitCode, stderr } = await bench.done;
    await upstream.setLink(true);
    expect(exitCode).toBe(1);
    const [record] = await records(stderr);
    expect(record?.outcome).toMatchObject({ kind: 'failed', stage: 'load' });
    const { outcome } = record ?? {};
    expect(outcome?.kind === 'failed' ? outcome.error : '').toMatch(
      new RegExp(
        `the mock upstream ended under load: .*the connection to root@${upstream.address}:${upstream.port} ended`,
      ),
    );
    // What could not be taken away there is told: nobody else would know of it.
    expect(stderr).toMatch(
      new RegExp(`root@${upstream.address}:\\d+ still authorizes \\S+ .*remove this line .*gatebench-lost`),
    );
    // Its own silence ends the mock there, though nobody could tell it.
    expect(await waitUntil(async () => (await leftRunning()).length === 0, 60_000)).toBe(true);
  });

  it('leaves nothing running on any machine after Ctrl-C', async () => {
    const bench = startCli(
      ['cloud', 'bench', ...formatUp('stopped'), '-g', 'direct', ...benchWords('stopped', 25)],
      environment(),
    );
    expect(await waitUntil(async () => (await machines['load-2'].pidsOf('k6')).length > 0, 90_000)).toBe(true);
    await sleep(2_000);
    bench.child.kill('SIGINT');
    const { exitCode, stderr } = await bench.done;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/environment "stopped" is removed/);
    expect(await leftRunning()).toEqual([]);
    expect(await authorized('upstream')).not.toContain('gatebench-stopped');
  });
});

function runOf(text: string): string {
  return /([\d-]+T[\d-]+Z-quick)/.exec(text)?.[1] ?? 'no run';
}

/** Our key beside the sshd's configuration, and somebody else's in the home, as a line without an end. */
async function authorize(machine: SshMachine, ours: string): Promise<void> {
  await writeFile(join(machine.folder, 'authorized_keys'), ours);
  await mkdir(join(machine.home, '.ssh'), { recursive: true });
  await writeFile(
    join(machine.home, '.ssh', 'authorized_keys'),
    `${ours.trim().split(' ').slice(0, 2).join(' ')} somebody@else`,
  );
}
