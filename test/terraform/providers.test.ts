import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Terraform } from '../../src/cloud/terraform.js';
import { findInPath } from '../../src/lib/find-in-path.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { ProviderOutputs } from '../../src/model/cloud.js';
import { moduleVariables, readProvider } from '../../src/store/providers.js';

const ROOT = join(PACKAGE_ROOT, 'terraform');
const run = promisify(execFile);
const entries = await readdir(ROOT, { withFileTypes: true });
const providers = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
const withoutTerraform = findInPath('terraform') === null;
if (withoutTerraform) process.stderr.write('terraform is not installed: its own checks are skipped\n');

/** All of a module's configuration as one text. */
async function sourceOf(provider: string): Promise<string> {
  const files = (await readdir(join(ROOT, provider))).filter((name) => name.endsWith('.tf'));
  return (await Promise.all(files.map((name) => readFile(join(ROOT, provider, name), 'utf8')))).join('\n');
}

const named = (source: string, block: string) =>
  [...source.matchAll(new RegExp(`^${block} "([a-z_]+)" \\{`, 'gm'))].map(([, name]) => name).sort();

describe.each(providers)('provider %s', (name) => {
  it('puts out what every provider does', async () => {
    const source = await sourceOf(name);
    expect(named(source, 'output')).toEqual(['hosts', 'topology']);
    const outputs = await readFile(join(ROOT, name, 'outputs.tf'), 'utf8');
    const fields = [...outputs.matchAll(/^ {6}([a-zA-Z]+) +=/gm)].map(([, field]) => field).sort();
    expect(fields).toEqual(['address', 'hostKey', 'internalAddress', 'sshPort', 'sshUser']);
  });

  it('has a provider.yaml that names variables the module has', async () => {
    const provider = await readProvider(ROOT, name);
    expect(provider.name).toBe(name);
    const variables = named(await sourceOf(name), 'variable');
    for (const variable of [...provider.inputs, ...provider.requires.map(({ variable }) => variable)]) {
      expect(variables).toContain(variable);
    }
  });

  it('says how each of its resources is found and removed without Terraform', async () => {
    const provider = await readProvider(ROOT, name);
    const source = await sourceOf(name);
    const types = new Set([...source.matchAll(/^resource "(\w+)"/gm)].map(([, type]) => type));
    if (provider.ownsHosts) expect(provider.resources.map(({ type }) => type).sort()).toEqual([...types].sort());
    const { runLimit } = provider;
    if (runLimit === null) return;
    const block = source.slice(source.indexOf(`variable "${runLimit.variable}"`));
    expect(Number(/default +=\s*(\d+)/.exec(block)?.[1])).toBe(runLimit.defaultHours);
    expect(Number(/<= (\d+)/.exec(block)?.[1])).toBe(runLimit.maxHours);
  });

  it('has the variables that are read from it', async () => {
    expect(await moduleVariables(ROOT, name)).toEqual(expect.arrayContaining(named(await sourceOf(name), 'variable')));
  });

  it('asks for nothing that nobody gives: a variable has a default, or is an input or required', async () => {
    const provider = await readProvider(ROOT, name);
    const given: string[] = [...provider.inputs, ...provider.requires.map(({ variable }) => variable)];
    const blocks = (await sourceOf(name)).split(/^(?=variable ")/m).filter((block) => block.startsWith('variable "'));
    const unanswered = blocks
      .filter((block) => !/^ {2}default +=/m.test(block))
      .map((block) => /^variable "([a-z_]+)"/.exec(block)?.[1] ?? '');
    expect(unanswered.filter((variable) => !given.includes(variable))).toEqual([]);
    for (const block of blocks) {
      expect(block).toMatch(/^ {2}description +=/m);
      expect(block).toMatch(/^ {2}type +=/m);
    }
  });
});

it('the private half of a key has no way into Terraform', async () => {
  const source = await sourceOf('gcp');
  expect(source).not.toMatch(/tls_private_key|private_key/);
  expect(source).not.toMatch(/service_account \{/);
});

describe.skipIf(withoutTerraform)('terraform itself', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatebench-terraform-'));
    await cp(join(ROOT, 'bring-your-own'), folder, { recursive: true });
    await new Terraform(folder, () => {}).init(new AbortController().signal);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('finds every file as `terraform fmt` writes it', async () => {
    expect((await run('terraform', ['fmt', '-check', '-recursive', ROOT])).stdout).toBe('');
  });

  it('bring-your-own is valid, needs no registry, and carries several load machines', async () => {
    const signal = new AbortController().signal;
    const host = { address: '192.0.2.7', ssh_user: 'me' };
    const hosts = {
      gateway: host,
      upstream: host,
      'load-1': host,
      'load-2': { ...host, internal_address: '10.0.0.5' },
    };
    await writeFile(join(folder, 'gatebench.auto.tfvars.json'), JSON.stringify({ topology: 'split', hosts }));
    const terraform = new Terraform(folder, () => {});
    expect((await run('terraform', ['validate', '-no-color'], { cwd: folder })).stdout).toContain('valid');
    const planned = await terraform.plan(signal);
    expect(planned.changes).toHaveLength(4);
    expect(planned.resources.map(({ type }) => type)).toEqual(Array(4).fill('terraform_data'));
    expect(await terraform.resources()).toEqual([]);
    await terraform.apply();
    expect((await terraform.plan(signal)).changes).toEqual([]);
    const outputs = ProviderOutputs.parse(await terraform.outputs(signal));
    expect(Object.keys(outputs.hosts).sort()).toEqual(['gateway', 'load-1', 'load-2', 'upstream']);
    expect(outputs.hosts['load-2']).toMatchObject({ address: '192.0.2.7', internalAddress: '10.0.0.5', sshPort: 22 });
    expect(await terraform.resources()).toHaveLength(4);
    await terraform.destroy();
    await terraform.destroy();
    expect(await terraform.resources()).toEqual([]);
  });

  it.each([
    [
      'a role that there is not',
      { hosts: { database: { address: 'x', ssh_user: 'me' } } },
      /Roles are all, or gateway/,
    ],
    [
      'a wrong topology',
      { topology: 'split', hosts: { all: { address: 'x', ssh_user: 'me' } } },
      /no other; split has gateway/,
    ],
    [
      'an address that is an option',
      { hosts: { all: { address: '-x', ssh_user: 'me' } } },
      /An address is a host name/,
    ],
    [
      'a host key that is none',
      { hosts: { all: { address: 'x', ssh_user: 'me', host_key: 'SHA256:x' } } },
      /host_key is one line/,
    ],
  ])('refuses %s', async (_, variables, message) => {
    await writeFile(join(folder, 'gatebench.auto.tfvars.json'), JSON.stringify(variables));
    await expect(new Terraform(folder, () => {}).plan(new AbortController().signal)).rejects.toThrow(message);
  });
});

/** The variables alone need no provider: Terraform checks them all the same. */
describe.skipIf(withoutTerraform)('the variables of gcp', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatebench-variables-'));
    await cp(join(ROOT, 'gcp', 'variables.tf'), join(folder, 'variables.tf'));
    await new Terraform(folder, () => {}).init(new AbortController().signal);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const given = {
    project: 'my-project-123456',
    name: 'bench',
    allowed_cidr: '203.0.113.7/32',
    ssh_public_key: 'ssh-ed25519 AAAA',
  };
  const plan = async (variables: Record<string, unknown>) => {
    await writeFile(join(folder, 'x.auto.tfvars.json'), JSON.stringify({ ...given, ...variables }));
    return new Terraform(folder, () => {}).plan(new AbortController().signal);
  };

  it('have defaults that pass, also where they are null', async () => {
    await plan({
      zone: null,
      disk_gb: null,
      load_count: null,
      max_run_hours: null,
      min_cpu_platform: 'Intel Ice Lake',
    });
    await plan({
      labels: { team: 'a-1' },
      allowed_cidr: '2001:db8::/48',
      disk_gb: 20,
      max_run_hours: 48,
      load_count: 20,
    });
  });

  it.each([
    ['allowed_cidr', '0.0.0.0/0', /Write a CIDR block/],
    ['allowed_cidr', '0.0.0.0/00', /Write a CIDR block/],
    ['allowed_cidr', '203.0.113.7/032', /Write a CIDR block/],
    ['allowed_cidr', '203.0.0.0/8', /too many addresses/],
    ['allowed_cidr', '2001:db8::/16', /too many addresses/],
    ['allowed_cidr', 'all', /Write a CIDR block/],
    ['max_run_hours', 1.0001, /1 to 48 whole hours/],
    ['max_run_hours', 49, /1 to 48 whole hours/],
    ['max_run_hours', 0, /1 to 48 whole hours/],
    ['disk_gb', 20.5, /20 to 2000 GB, a whole number/],
    ['load_count', 1.0001, /1 to 20 load machines/],
    ['machine_type', 't2a-standard-8', /x86-64 machines only/],
    ['machine_type', 'large', /looks like n2-standard-8/],
    ['image', 'debian 12', /looks like debian-cloud/],
    ['min_cpu_platform', '', /A CPU platform looks like/],
    ['labels', { Team: 'x' }, /lower-case letters/],
    ['labels', { team: 'X' }, /lower-case letters/],
    ['zone', 'us-central1', /looks like us-central1-a/],
    ['ssh_public_key', 'ssh-rsa AAAA', /of type ssh-ed25519/],
    ['topology', 'ring', /single or split/],
  ])('%s=%j is refused', async (name, value, message) => {
    await expect(plan({ [name]: value })).rejects.toThrow(message);
  });
});
