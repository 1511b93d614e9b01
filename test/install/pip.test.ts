import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pip } from '../../src/install/pip.js';
import { probeVersion } from '../../src/install/version-probe.js';
import { canRun, contextFor, onlyMethod, run, sha256, temporaryFolder, tinyGateway } from './support.js';

/** The interpreter of this machine, and its version as the manifests write it. */
const CAN_RUN = canRun('python3', ['-c', 'import ensurepip, venv']);
const PYTHON = CAN_RUN ? run('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']).trim() : '3.0';

/** A wheel with one console script, written by Python's own zip library. */
const MAKE_WHEEL = `
import sys, zipfile
version, path, requires = sys.argv[1:]
info = f'tiny-{version}.dist-info'
files = {
    'tiny.py': f'def main():\\n    print("tiny {version}")\\n',
    f'{info}/METADATA': f'Metadata-Version: 2.1\\nName: tiny\\nVersion: {version}\\n{requires}',
    f'{info}/WHEEL': 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
    f'{info}/entry_points.txt': '[console_scripts]\\ntiny = tiny:main\\n',
}
files[f'{info}/RECORD'] = ''.join(f'{name},,\\n' for name in [*files, f'{info}/RECORD'])
with zipfile.ZipFile(path, 'w') as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
`;

async function lockedWheel(version: string, { hash = '', requires = '' } = {}): Promise<string> {
  const folder = await temporaryFolder();
  const wheel = join(folder, `tiny-${version}-py3-none-any.whl`);
  run('python3', ['-c', MAKE_WHEEL, version, wheel, requires]);
  const good = sha256(await readFile(wheel));
  const lock = `--no-index\n--find-links ${folder}\ntiny==${version} \\\n    --hash=sha256:${hash || good}\n`;
  await writeFile(join(folder, 'tiny.lock'), lock);
  return folder;
}

const METHOD = { method: 'pip', lock: 'tiny.lock', python: [PYTHON], program: 'bin/tiny' };
const PROBE = { versionProbe: { from: 'python-distribution', distribution: 'tiny' } };

describe.skipIf(!CAN_RUN)('pip', () => {
  it('installs into an environment of its own and reads the version', async () => {
    const gateway = tinyGateway(await lockedWheel('1.0.0'), [METHOD], PROBE);
    const context = await contextFor(gateway);
    const installed = await pip.install(onlyMethod(gateway, 'pip'), context);
    expect(run(installed.entry, [])).toBe('tiny 1.0.0\n');
    expect(installed.pinnedBy).toBe('--require-hashes');
    expect(await probeVersion(installed, context)).toEqual({ version: '1.0.0', by: 'metadata of tiny' });
  });

  it('refuses a file whose hash is not the locked one', async () => {
    const gateway = tinyGateway(await lockedWheel('1.0.0', { hash: '0'.repeat(64) }), [METHOD], PROBE);
    const attempt = pip.install(onlyMethod(gateway, 'pip'), await contextFor(gateway));
    await expect(attempt).rejects.toThrow(/failed: exit code/);
  });

  it('says that the lock file lacks a dependency', async () => {
    const requires = 'Requires-Dist: not-there-at-all\n';
    const gateway = tinyGateway(await lockedWheel('1.0.0', { requires }), [METHOD], PROBE);
    const attempt = pip.install(onlyMethod(gateway, 'pip'), await contextFor(gateway));
    await expect(attempt).rejects.toThrow('requires not-there-at-all');
  });

  it('installs nothing where a refused version is locked', async () => {
    const refuseVersions = { '1.0.1': 'it steals credentials.' };
    const gateway = tinyGateway(await lockedWheel('1.0.1'), [METHOD], { ...PROBE, refuseVersions });
    const context = await contextFor(gateway);
    const attempt = pip.install(onlyMethod(gateway, 'pip'), context);
    await expect(attempt).rejects.toThrow('tiny.lock locks tiny 1.0.1, which is refused: it steals credentials.');
    expect(context.lines).toEqual([]);
  });

  it('says which Python it looked for', async () => {
    const gateway = tinyGateway(await lockedWheel('1.0.0'), [{ ...METHOD, python: ['3.1'] }], PROBE);
    const attempt = pip.install(onlyMethod(gateway, 'pip'), await contextFor(gateway));
    await expect(attempt).rejects.toThrow('no Python 3.1 on PATH');
  });
});
