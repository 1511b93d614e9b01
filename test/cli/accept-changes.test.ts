import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { cli } from '../support/cli.js';
import { DIRECT, gatewaysFolder } from '../support/fake-gateway.js';
import { freePort } from '../support/free-port.js';
import { aScenario } from '../support/scenario.js';

it('a run that is resumed under other conditions is refused by name, and marked where that is accepted', async () => {
  const gateways = await gatewaysFolder([DIRECT]);
  const folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(async () => {
    await gateways.remove();
    await rm(folder, { recursive: true });
  });
  const scenario = join(folder, 'tiny.yaml');
  await writeFile(scenario, stringify({ ...aScenario(), name: 'tiny' }));
  const out = join(folder, 'out');
  const first = { GATEBENCH_COMMIT: 'aaaa' };
  const begun = await cli(
    ['bench', '--gateways-dir', gateways.path, '--mock-port', String(await freePort()), '--scenario', scenario].concat([
      '--retry-invalid',
      '2',
      '--vus',
      '3,4',
      '--out',
      out,
    ]),
    first,
  );
  expect(begun.exitCode, begun.stderr).toBe(0);
  const run = join(out, readdirSync(out)[0] ?? '');
  await rm(join(run, 'cells', 'direct-v4-r1'), { recursive: true });

  // A file of the gateway, its manifest, the scenario, gatebench and the machine.
  const manifest = join(gateways.path, 'direct', 'gateway.yaml');
  const sameManifest = stringify({ ...DIRECT, kind: 'direct' });
  await writeFile(manifest, `# A comment changes nothing.\n${sameManifest}`);
  const accepted = await cli(['bench', '--resume', run], first);
  expect(accepted.exitCode, accepted.stderr).toBe(0);
  expect(JSON.parse(await readFile(join(run, 'run.json'), 'utf8')).settings.retryInvalid).toBe(2);
  await rm(join(run, 'cells', 'direct-v4-r1'), { recursive: true });

  await writeFile(manifest, stringify({ ...DIRECT, request: { model: 'another' } }));
  await writeFile(join(gateways.path, 'direct', 'extra.yaml'), 'a: 1');
  await writeFile(scenario, stringify({ ...aScenario(), name: 'tiny', title: 'Another' }));
  const runJson = JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));
  const { kernel } = runJson.machine;
  runJson.machine.kernel = '0.1';
  await writeFile(join(run, 'run.json'), JSON.stringify(runJson));

  const second = { GATEBENCH_COMMIT: 'bbbb' };
  const refused = await cli(['bench', '--resume', run], second);
  for (const change of [
    'gatebench: commit was aaaa, is bbbb',
    `machine: kernel was 0.1, is ${kernel}`,
    `scenario ${scenario}: its file has changed`,
    'gateway direct: gateway.yaml has changed',
    'gateway direct: extra.yaml is new',
  ]) {
    expect(refused.stderr).toContain(change);
  }
  expect(refused.stderr).toContain('--accept-changes');
  expect(refused.exitCode).toBe(2);
  expect(existsSync(join(run, 'cells', 'direct-v4-r1'))).toBe(false);

  const resumed = await cli(['bench', '--resume', run, '--accept-changes'], second);
  expect(resumed.exitCode, resumed.stderr).toBe(0);
  const report = await readFile(join(run, 'report', 'report.md'), 'utf8');
  expect(report).toMatch(/Changed in mid-run \| .*commit was aaaa, is bbbb.*Before: direct-v3-r1; after: direct-v4-r1/);

  const again = await cli(['bench', '--resume', run], second);
  expect(again.exitCode, again.stderr).toBe(0);
  expect((await cli(['bench', '--accept-changes'])).exitCode).toBe(2);
}, 180_000);
