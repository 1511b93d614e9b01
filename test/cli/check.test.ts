import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cli } from '../support/cli.js';
import { DIRECT, fakeManifest, gatewaysFolder } from '../support/fake-gateway.js';

async function folderWith(...manifests: { name: string }[]): Promise<string> {
  const gateways = await gatewaysFolder([DIRECT, ...manifests]);
  onTestFinished(() => gateways.remove());
  return gateways.path;
}

const wrong = fakeManifest('wrong', 18_100, 'ok', { files: [{ template: '../../../etc/hostname', to: '../out' }] });

it("gatebench's own gateways and the template have nothing that is wrong", async () => {
  for (const args of [
    ['check', '--strict'],
    ['check', 'gateways/_template', 'kong', '--strict'],
  ]) {
    const { exitCode, stdout } = await cli(args);
    expect(stdout).toMatch(/checked: no errors, no warnings\n$/);
    expect(exitCode).toBe(0);
  }
});

it('check says all that is wrong, as text and as data', async () => {
  const folder = await folderWith(wrong);
  const { exitCode, stdout, stderr } = await cli(['check', '--gateways-dir', folder]);
  expect(stdout).toMatch(/fail {2}.*wrong\/gateway\.yaml:\d+: process\.files\.0\.template: .*is not in the folder/);
  expect(stdout).toMatch(
    /fail {2}.*wrong\/gateway\.yaml:\d+: process\.files\.0\.to: \.\.\/out is not in the work folder/,
  );
  expect(stdout).toMatch(/2 gateways checked: 2 errors, 2 warnings\n$/);
  expect(stderr).toBe('');
  expect(exitCode).toBe(2);
  const json = JSON.parse((await cli(['check', '--json', '--gateways-dir', folder])).stdout);
  expect(json.checked).toEqual(['direct', 'wrong']);
  expect(json.problems[0]).toMatchObject({ severity: 'warning', gateway: 'direct', line: null });
});

it('check finds members of sets that are no gateways, and files of sets that are wrong', async () => {
  const folder = await folderWith(fakeManifest('right', 18_104, 'ok'));
  const check = async (sets: string) => {
    await writeFile(join(folder, 'sets.yaml'), sets);
    return cli(['check', '--gateways-dir', folder]);
  };
  const stray = await check('schemaVersion: 1\nsets:\n  few:\n    title: A few\n    gateways: [right, rigth]\n');
  expect(stray.stdout).toMatch(/fail {2}.*sets\.yaml:5: sets\.few\.gateways\.1: there is no gateway "rigth"\n.*right/);
  expect(stray.exitCode).toBe(2);
  const wrongFile = await check('schemaVersion: 1\nsets: []\n');
  expect(wrongFile.stdout).toMatch(/fail {2}.*sets\.yaml:2: sets: /);
  expect(wrongFile.exitCode).toBe(2);
});

it.each([
  ['setup', ['setup', 'wrong']],
  ['plan', ['plan', '-g', 'wrong']],
  ['bench', ['bench', '-g', 'direct,wrong']],
  ['flame', ['flame', '-g', 'wrong']],
])('%s begins with it', async (_, args) => {
  const { exitCode, stderr } = await cli([...args, '--gateways-dir', await folderWith(wrong)]);
  expect(stderr).toMatch(/^error: .*wrong\/gateway\.yaml:\d+: process\.files\.0\./m);
  expect(stderr).toContain('gatebench check');
  expect(exitCode).toBe(2);
});

it('what is wrong with one gateway does not keep another one from being planned', async () => {
  const { exitCode, stderr } = await cli(['plan', '-g', 'direct', '--gateways-dir', await folderWith(wrong)]);
  expect(exitCode, stderr).toBe(0);
});

it('doctor reports it and goes on', async () => {
  const folder = await folderWith(wrong, fakeManifest('right', 18_101, 'ok'));
  await writeFile(join(folder, 'direct', 'gateway.yaml'), 'a: [');
  const { exitCode, stdout } = await cli(['doctor', '--json', '--gateways-dir', folder]);
  const checks: { subject: string; verdict: string }[] = JSON.parse(stdout);
  const failed = checks.filter(({ verdict }) => verdict === 'fail').map(({ subject }) => subject);
  expect(failed).toEqual(expect.arrayContaining(['manifest direct', 'manifest wrong']));
  expect(checks.map(({ subject }) => subject)).toContain('gateway right');
  expect(exitCode).toBe(1);
});

it('a gateway on the port of the mock upstream is refused by bench alone', async () => {
  const folder = await folderWith(fakeManifest('right', 18_102, 'ok'));
  const args = ['-g', 'right', '--gateways-dir', folder];
  const { exitCode, stderr } = await cli(['bench', ...args, '--mock-port', '18102']);
  expect(stderr).toMatch(/right\/gateway\.yaml:\d+: process\.port: 18102 is the port of the mock upstream/);
  expect(exitCode).toBe(2);
  expect((await cli(['plan', ...args])).exitCode).toBe(0);
});

it('a variable that names a folder is no program', async () => {
  const folder = await folderWith(fakeManifest('right', 18_103, 'ok'));
  const installs = join(folder, '.installs');
  onTestFinished(() => rm(installs, { recursive: true, force: true }));
  const environment = { GATEBENCH_FAKE_BIN: '/tmp', GATEBENCH_INSTALL_DIR: installs };
  const { exitCode, stdout, stderr } = await cli(['setup', 'right', '--gateways-dir', folder], environment);
  expect(stdout).toContain("GATEBENCH_FAKE_BIN names /tmp, which can't be run");
  expect(stderr).not.toContain('bug');
  expect(exitCode).toBe(1);
});
