import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { cli } from '../support/cli.js';
import { DIRECT, gatewaysFolder } from '../support/fake-gateway.js';

it('becomes a gateway that every verb knows by being copied and renamed, and nothing else', async () => {
  const gateways = await gatewaysFolder([DIRECT]);
  try {
    const folder = join(gateways.path, 'mine');
    await cp(join(PACKAGE_ROOT, 'gateways', '_template'), folder, { recursive: true });
    const path = join(folder, 'gateway.yaml');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/^name: example$/m, 'name: mine'));

    const list = await cli(['list', '--gateways-dir', gateways.path, '--json']);
    const labels = (JSON.parse(list.stdout) as { label: string }[]).map(({ label }) => label);
    expect(labels).toEqual(['direct', 'mine', 'mine:workers']);
    const plan = await cli(['plan', '--gateways-dir', gateways.path, '-g', 'mine:workers,direct', '--json']);
    expect(JSON.parse(plan.stdout).gateways).toMatchObject([
      { gateway: 'mine', variant: 'workers', skip: { reason: expect.stringContaining('not installed') } },
      { gateway: 'direct', skip: null },
    ]);
    const doctor = await cli(['doctor', '--gateways-dir', gateways.path, '--json']);
    const subjects = (JSON.parse(doctor.stdout) as { subject: string }[]).map(({ subject }) => subject);
    expect(subjects).toContain('gateway mine');
  } finally {
    await gateways.remove();
  }
});
