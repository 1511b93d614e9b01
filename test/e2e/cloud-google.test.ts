import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInPath } from '../../src/lib/find-in-path.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { waitUntil } from '../../src/lib/sleep.js';
import { type ComputeApi, computeApi } from '../peers/compute-api.js';
import { cli, type RunningCli, startCli } from '../support/cli.js';
import { terraformOf } from '../support/slow-provider.js';
import { type StandInSsh, standInSsh } from '../support/stand-in-ssh.js';

/** The google provider's program, of the version that terraform/gcp names. */
const provider = process.env.GATEBENCH_GOOGLE_PROVIDER;
const missing =
  findInPath('terraform') === null
    ? 'there is no terraform in PATH'
    : provider === undefined || !existsSync(provider)
      ? "GATEBENCH_GOOGLE_PROVIDER doesn't name Terraform's google provider"
      : null;
if (missing) process.stderr.write(`SKIPPED: cloud at Google, against a Compute API of the tests: ${missing}\n`);

const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOQO3PAtvsXEjmb7eYoL0qJ0tXgvAJ0dmbpKHcwmGpEy';
const ALL = [
  'disks/bench-all',
  'firewalls/bench-ssh',
  'instances/bench-all',
  'networks/bench-net',
  'subnetworks/bench-subnet',
];

let folder: string;
let api: ComputeApi;
let ssh: StandInSsh;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-google-'));
  ssh = await standInSsh(folder);
  api = await computeApi();
  api.hostKey = HOST_KEY;
  await useProvider(folder, provider ?? '');
});
afterEach(async () => {
  api.release();
  await waitUntil(() => terraformOf(cloudRoot(), 'bench') === null, 120_000);
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

/**
 * Terraform takes the provider from a folder, and the module from a copy that has no lock file: that one has the
 * checksums of the published archives alone.
 */
async function useProvider(into: string, program: string): Promise<void> {
  const gcp = join(into, 'providers', 'gcp');
  await cp(join(PACKAGE_ROOT, 'terraform', 'gcp'), gcp, {
    recursive: true,
    filter: (path) => !/\.terraform(\.lock\.hcl)?$/.test(path),
  });
  const version = /version = "([\d.]+)"/.exec(await readFile(join(gcp, 'versions.tf'), 'utf8'))?.[1];
  const mirror = join(into, 'mirror');
  const place = join(mirror, 'registry.terraform.io', 'hashicorp', 'google', `${version}`, 'linux_amd64');
  await mkdir(place, { recursive: true });
  await symlink(program, join(place, `terraform-provider-google_v${version}`));
  const settings = `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`;
  await writeFile(join(into, 'terraform.rc'), settings);
}

const cloudRoot = () => join(folder, 'cloud');
const environment = () => ({
  GATEBENCH_CLOUD_DIR: cloudRoot(),
  GATEBENCH_PROVIDERS_DIR: join(folder, 'providers'),
  PATH: ssh.path,
  TF_CLI_CONFIG_FILE: join(folder, 'terraform.rc'),
  GOOGLE_COMPUTE_CUSTOM_ENDPOINT: api.endpoint,
  GOOGLE_OAUTH_ACCESS_TOKEN: 'of-the-tests',
  // Whatever else the provider looks for stays on this machine.
  HTTPS_PROXY: 'http://127.0.0.1:9',
  CHECKPOINT_DISABLE: '1',
});
const UP = ['cloud', 'up', '--yes', '--var', 'project=my-project-123456', '--allow-from', '203.0.113.7/32'];
const start = (words: string[]) => startCli(words, environment());
const run = (words: string[]) => cli(words, environment());
const DOWN = () => ['cloud', 'down', '-o', folder];
/** What Terraform knows, by type. */
async function stateList(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('terraform', ['state', 'list'], {
    cwd: join(cloudRoot(), 'bench', 'terraform'),
  });
  return stdout.split('\n').flatMap((line) => (line.startsWith('google_') ? [line.split('.')[0] ?? ''] : []));
}
const NETWORK = ['google_compute_firewall', 'google_compute_network', 'google_compute_subnetwork'];
const EVERYTHING = [
  'google_compute_firewall',
  'google_compute_instance',
  'google_compute_network',
  'google_compute_subnetwork',
];
const isKnown = () => existsSync(join(cloudRoot(), 'bench', 'state.json'));
const said = (child: RunningCli, text: RegExp) =>
  waitUntil(() => text.test(child.stderr()) || child.child.exitCode !== null, 120_000).then(() =>
    expect(child.stderr()).toMatch(text),
  );
/** Wait until the API has accepted a request and Terraform waits for its operation. */
const accepted = (request: string) => waitUntil(() => api.requests.includes(request), 120_000);

describe.skipIf(missing !== null)('an environment at Google', () => {
  it('is what was asked for, is reached by a key that was published before, and goes without a trace', async () => {
    api.hostKey = null;
    const running = start([...UP, '--var', 'max_run_hours=2', '--var', 'spot=true']);
    await said(running, /waiting until all publish their ssh host keys/);
    expect(await ssh.calls()).toEqual([]);
    api.hostKey = HOST_KEY;
    const { exitCode, stderr } = await running.done;
    expect(stderr).toMatch(/all: host key SHA256:\S+, as published by the machine[\s\S]*environment "bench" is up/);
    expect(exitCode).toBe(0);
    for (const call of await ssh.calls()) expect(call).toMatch(/StrictHostKeyChecking=yes/);
    expect(await readFile(join(cloudRoot(), 'bench', 'known_hosts'), 'utf8')).toBe(`gatebench-bench-all ${HOST_KEY}\n`);
    expect(api.existing()).toEqual(ALL);
    expect(api.find('instances/bench-all')).toMatchObject({
      scheduling: {
        provisioningModel: 'SPOT',
        instanceTerminationAction: 'DELETE',
        maxRunDuration: { seconds: '7200' },
      },
      shieldedInstanceConfig: { enableSecureBoot: true },
      labels: { tool: 'gatebench', environment: 'bench', role: 'all' },
    });
    expect(api.find('instances/bench-all')?.serviceAccounts ?? []).toEqual([]);
    expect(api.find('firewalls/bench-ssh')).toMatchObject({ sourceRanges: ['203.0.113.7/32'] });

    const removed = await run(DOWN());
    expect(removed.stderr).toMatch(/environment "bench" is removed; nothing is left of it/);
    expect(removed.exitCode).toBe(0);
    expect(api.existing()).toEqual([]);
    expect(isKnown()).toBe(false);
  });

  it('of several machines has one for each role, which reach one another and are all removed', async () => {
    const { exitCode, stderr } = await run([...UP, '--topology', 'split', '--load-count', '2']);
    expect(exitCode).toBe(0);
    for (const role of ['gateway', 'upstream', 'load-1', 'load-2']) {
      expect(stderr).toMatch(new RegExp(`${role}: host key SHA256:\\S+, as published by the machine`));
    }
    expect(api.find('firewalls/bench-internal')).toMatchObject({ sourceTags: ['bench'], targetTags: ['bench'] });
    expect(api.existing().filter((name) => name.startsWith('instances/'))).toEqual([
      'instances/bench-gateway',
      'instances/bench-load-1',
      'instances/bench-load-2',
      'instances/bench-upstream',
    ]);
    expect((await run(DOWN())).exitCode).toBe(0);
    expect(api.existing()).toEqual([]);
  });

  it('one Ctrl-C while the machine is being made: it is made, and removed', async () => {
    api.hold('instances');
    const running = start(UP);
    await accepted('POST instances');
    running.child.kill('SIGINT');
    await said(running, /It finishes first/);
    expect(api.existing()).toEqual(ALL);
    api.release();
    const { exitCode, stderr } = await running.done;
    expect(stderr).toMatch(/nothing is left of it/);
    expect(exitCode).toBe(130);
    expect(api.existing()).toEqual([]);
    expect(isKnown()).toBe(false);
  });

  it('two: what may be left is named, Terraform goes on, and down removes everything', async () => {
    api.hold('instances');
    const running = start(UP);
    await accepted('POST instances');
    running.child.kill('SIGINT');
    await said(running, /It finishes first/);
    running.child.kill('SIGINT');
    const { exitCode, stderr } = await running.done;
    expect(exitCode).toBe(130);
    for (const command of [
      'gcloud compute instances delete bench-all --project=my-project-123456 --zone=us-central1-a',
      'gcloud compute firewall-rules delete bench-ssh --project=my-project-123456',
      'gcloud compute networks subnets delete bench-subnet --project=my-project-123456 --region=us-central1',
      'gcloud compute networks delete bench-net --project=my-project-123456',
    ]) {
      expect(stderr).toContain(command);
    }
    expect(terraformOf(cloudRoot(), 'bench')).not.toBeNull();
    // The machine exists, and Terraform doesn't know it yet.
    expect(api.existing()).toEqual(ALL);
    expect(await stateList()).toEqual(NETWORK);
    const removing = start(DOWN());
    await said(removing, /waiting for the Terraform of an earlier call/);
    api.release();
    expect((await removing.done).exitCode).toBe(0);
    expect(api.existing()).toEqual([]);
  });

  it.each(['SIGKILL', 'SIGHUP'] as const)('%s: Terraform goes on, and the next up resumes', async (signal) => {
    api.hold('instances');
    const running = start(UP);
    await accepted('POST instances');
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    running.child.kill(signal);
    await running.done;
    expect(await stateList()).toEqual(NETWORK);
    const resuming = start(['cloud', 'up', '--yes']);
    await said(resuming, /waiting for the Terraform of an earlier call/);
    api.release();
    const { exitCode, stderr } = await resuming.done;
    expect(stderr).toMatch(/environment "bench" is up/);
    expect(exitCode).toBe(0);
    expect(api.requests.filter((request) => request === 'POST instances')).toHaveLength(1);
    expect(await stateList()).toEqual(EVERYTHING);
    expect((await run(DOWN())).exitCode).toBe(0);
    expect(api.existing()).toEqual([]);
  });

  it('a machine that Terraform lost track of is found and removed', async () => {
    api.hold('instances');
    const running = start([...UP, '--keep']);
    await accepted('POST instances');
    const terraform = terraformOf(cloudRoot(), 'bench');
    if (terraform !== null) process.kill(terraform, 'SIGKILL');
    api.release();
    expect((await running.done).exitCode).toBe(1);
    expect(api.existing()).toEqual(ALL);
    expect(await stateList()).toEqual(NETWORK);
    const { exitCode, stderr } = await run(DOWN());
    expect(stderr).toMatch(/bench-all exists and was not in Terraform's state: taken back/);
    expect(exitCode).toBe(0);
    expect(api.existing()).toEqual([]);
  });

  it('up takes back what the provider forgot, and makes nothing twice', async () => {
    api.hold('instances');
    const running = start([...UP, '--keep']);
    await accepted('POST instances');
    const terraform = terraformOf(cloudRoot(), 'bench');
    if (terraform !== null) process.kill(terraform, 'SIGINT');
    expect((await running.done).exitCode).toBe(1);
    expect(await stateList()).toEqual(NETWORK);
    api.release();
    const { exitCode, stderr } = await run(['cloud', 'up', '--yes']);
    expect(stderr).toMatch(/bench-all exists and was not in Terraform's state: taken back/);
    expect(exitCode).toBe(0);
    expect(api.existing()).toEqual(ALL);
    expect(api.requests.filter((request) => request === 'POST instances')).toHaveLength(1);
    expect(await stateList()).toEqual(EVERYTHING);
    expect((await run(DOWN())).exitCode).toBe(0);
    expect(api.existing()).toEqual([]);
  });

  it('a state that is gone doesn’t make machines disappear', async () => {
    expect((await run(UP)).exitCode).toBe(0);
    await rm(join(cloudRoot(), 'bench', 'terraform', 'terraform.tfstate'));
    const { exitCode, stderr } = await run(DOWN());
    expect(stderr.match(/taken back/g)).toHaveLength(4);
    expect(exitCode).toBe(0);
    expect(api.existing()).toEqual([]);
  });

  it('what Google refuses to delete is left, and said to be', async () => {
    expect((await run(UP)).exitCode).toBe(0);
    api.fail('DELETE instances', 403);
    const { exitCode, stderr } = await run(DOWN());
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/environment "bench" is not removed/);
    expect(stderr).toMatch(
      /google_compute_instance\.machine\["all"\] \(bench-all\)\n {4}gcloud compute instances delete/,
    );
    expect(stderr).not.toMatch(/is removed;/);
    expect(stderr).toBe(stripVTControlCharacters(stderr));
    expect(api.existing()).toContain('instances/bench-all');
    expect(await stateList()).toContain('google_compute_instance');
    api.fail('DELETE instances', null);
    expect((await run(DOWN())).exitCode).toBe(0);
    expect(api.existing()).toEqual([]);
  });

  it('a machine that deleted itself leaves nothing behind', async () => {
    expect((await run(UP)).exitCode).toBe(0);
    api.expire('bench-all');
    const { exitCode } = await run(DOWN());
    expect(exitCode).toBe(0);
    expect(api.existing()).toEqual([]);
  });

  it('Ctrl-C during down: one waits, two leave it to Terraform, and the next down waits for it', async () => {
    expect((await run(UP)).exitCode).toBe(0);
    api.hold('instances');
    const running = start(DOWN());
    await accepted('DELETE instances');
    running.child.kill('SIGINT');
    await said(running, /Terraform is removing the machines/);
    running.child.kill('SIGINT');
    expect((await running.done).exitCode).toBe(130);
    expect(await stateList()).toContain('google_compute_instance');
    const again = start(DOWN());
    await said(again, /waiting for the Terraform of an earlier call/);
    api.release();
    expect((await again.done).exitCode).toBe(0);
    expect(api.existing()).toEqual([]);
  });

  it('up after a down that was cut off makes a new machine, and believes its key and not the old one’s', async () => {
    expect((await run(UP)).exitCode).toBe(0);
    api.hold('instances');
    const running = start(DOWN());
    await accepted('DELETE instances');
    running.child.kill('SIGKILL');
    await running.done;
    api.release();
    const other = HOST_KEY.replace(/pEy$/, 'pEz');
    api.hostKey = other;
    const { exitCode } = await run(['cloud', 'up', '--yes']);
    expect(exitCode).toBe(0);
    expect(await readFile(join(cloudRoot(), 'bench', 'known_hosts'), 'utf8')).toBe(`gatebench-bench-all ${other}\n`);
    expect((await run(DOWN())).exitCode).toBe(0);
    expect(api.existing()).toEqual([]);
  });

  it('a machine that publishes no host key is not connected to, and is removed', async () => {
    api.hostKey = null;
    const { exitCode, stderr } = await run([...UP, '--ssh-timeout', '1s']);
    expect(stderr).toMatch(/no ssh host key was published within 1 s/);
    expect(exitCode).toBe(1);
    expect(await ssh.calls()).toEqual([]);
    expect(api.existing()).toEqual([]);
  });
});
