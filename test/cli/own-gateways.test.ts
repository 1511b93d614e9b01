import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { cli } from '../support/cli.js';
import { FAKE_ENVIRONMENT, fakeManifest } from '../support/fake-gateway.js';
import { freePort } from '../support/free-port.js';
import { aScenario } from '../support/scenario.js';

const PORT = await freePort();
const MOCK_PORT = await freePort();

const folder = mkdtempSync(join(tmpdir(), 'gatebench-test-'));
const own = join(folder, 'own');
const elsewhere = join(folder, 'elsewhere');
for (const path of [own, elsewhere]) mkdirSync(path);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function addGateway(manifest: { name: string; title: string }): string {
  const path = join(own, 'gateways', manifest.name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'gateway.yaml'), stringify(manifest));
  return path;
}

const mine = addGateway(fakeManifest('mine', PORT, 'ok'));
const environment = { ...FAKE_ENVIRONMENT, GATEBENCH_INSTALL_DIR: join(folder, 'installs') };
const gatebench = (cwd: string, ...args: string[]) => cli(args, environment, cwd);
const labels = async (cwd: string) => {
  const listed: { label: string }[] = JSON.parse((await gatebench(cwd, 'list', '--json')).stdout);
  return listed.map(({ label }) => label);
};

describe('a folder gateways where gatebench is started', () => {
  it('is read besides its own gateways', async () => {
    const shipped = await labels(elsewhere);
    expect(shipped).toContain('portkey');
    expect((await labels(own)).sort()).toEqual([...shipped, 'mine'].sort());
    expect((await gatebench(own, 'list')).stdout).toMatch(/^mine .*, gateways\/mine$/m);
    expect((await gatebench(own, 'check', 'mine')).stdout).toContain('1 gateway checked: no errors');
  });

  it('is measured beside the published gateways, where none is named', async () => {
    const { stdout } = await gatebench(own, 'plan', '--json');
    const planned: { gateway: string }[] = JSON.parse(stdout).gateways;
    const names = planned.map(({ gateway }) => gateway);
    expect(names).toEqual(['bifrost', 'direct', 'ferro', 'kong', 'litellm', 'nginx', 'portkey', 'mine']);
  });

  it('is not read where --gateways-dir names another', async () => {
    const { stderr, exitCode } = await gatebench(
      own,
      'plan',
      '-g',
      'mine',
      '--gateways-dir',
      join(PACKAGE_ROOT, 'gateways'),
    );
    expect(stderr).toContain('unknown gateway "mine"');
    expect(exitCode).toBe(2);
  });

  it('is no folder of gateways without a manifest in it', async () => {
    mkdirSync(join(elsewhere, 'gateways', 'notes'), { recursive: true });
    expect(await labels(elsewhere)).toContain('portkey');
  });

  it('may define a gateway otherwise, which is said', async () => {
    const path = addGateway({ ...fakeManifest('portkey', 18_001, 'ok'), title: 'My Portkey' });
    const { stderr, stdout } = await gatebench(own, 'plan', '-g', 'mine,portkey');
    const shipped = join(PACKAGE_ROOT, 'gateways', 'portkey');
    expect(stderr).toContain(`portkey: ${path} is used instead of ${shipped}`);
    expect(stderr).not.toContain(`${mine} is used`);
    expect(stdout).toContain('My Portkey');
    rmSync(path, { recursive: true });
  });

  it('is found again by a run that is resumed somewhere else', async () => {
    const scenario = join(own, 'tiny.yaml');
    writeFileSync(scenario, stringify({ ...aScenario(), name: 'tiny' }));
    const out = join(folder, 'results');
    const driven = ['--retry-invalid', '0', '--mock-port', String(MOCK_PORT)];
    const first = await gatebench(
      own,
      ...['bench', '-g', 'mine', '--scenario', scenario, '--no-calibration', '--out', out, ...driven],
    );
    expect(first.exitCode, first.stderr).toBe(0);
    const run = join(out, readdirSync(out).find((name) => name.endsWith('-tiny')) ?? '');
    expect(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).settings).toMatchObject({
      gatewaysDir: null,
      ownGatewaysDir: join(own, 'gateways'),
    });
    rmSync(join(run, 'cells', readdirSync(join(run, 'cells'))[0] ?? ''), { recursive: true });
    const resumed = await gatebench(elsewhere, 'bench', '--resume', run, '--retry-invalid', '0');
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    expect(readdirSync(join(run, 'cells'))).toHaveLength(1);
  });
});
