import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npm } from '../../src/install/npm.js';
import { probeVersion } from '../../src/install/version-probe.js';
import {
  canRun,
  contextFor,
  localServer,
  onlyMethod,
  run,
  serve,
  setEnvironment,
  temporaryFolder,
  tinyGateway,
} from './support.js';

/** A registry with one package, packed here, and a manifest's folder whose lock file has it. */
async function npmProject({ integrity, script = 'process.exit(1)' }: { integrity?: string; script?: string } = {}) {
  const folder = await temporaryFolder();
  const source = join(folder, 'source');
  await mkdir(source);
  const tiny = { name: 'tiny', version: '1.0.0', scripts: { postinstall: `node -e "${script}"` } };
  await writeFile(join(source, 'package.json'), JSON.stringify(tiny));
  await writeFile(join(source, 'server.js'), "console.log('tiny');\n");
  run('npm', ['pack', '--pack-destination', folder], source);
  const archive = await readFile(join(folder, 'tiny-1.0.0.tgz'));
  const sha512 = `sha512-${createHash('sha512').update(archive).digest('base64')}`;

  const bodies: Record<string, string | Buffer> = { '/tiny-1.0.0.tgz': archive };
  const registry = await localServer(serve(bodies));
  const dist = { tarball: `${registry}/tiny-1.0.0.tgz`, integrity: sha512 };
  bodies['/tiny'] = JSON.stringify({ name: 'tiny', 'dist-tags': {}, versions: { '1.0.0': { ...tiny, dist } } });
  setEnvironment({ npm_config_registry: registry, npm_config_cache: join(folder, 'cache') });

  const project = { name: 'p', version: '0.0.0', dependencies: { tiny: '1.0.0' } };
  const locked = { version: '1.0.0', integrity: integrity ?? sha512, hasInstallScript: true };
  const lock = { lockfileVersion: 3, packages: { '': project, 'node_modules/tiny': locked } };
  await mkdir(join(folder, 'npm'));
  await writeFile(join(folder, 'npm', 'package.json'), JSON.stringify(project));
  await writeFile(join(folder, 'npm', 'package-lock.json'), JSON.stringify({ ...project, ...lock }));
  return folder;
}

const METHOD = { method: 'npm', project: 'npm', program: 'tiny/server.js' };
const PROBE = { versionProbe: { from: 'npm-package', package: 'tiny' } };

describe.skipIf(!canRun('npm', ['--version']))('npm', () => {
  it('installs what is locked, without its install scripts, and reads its version', async () => {
    const gateway = tinyGateway(await npmProject(), [METHOD], PROBE);
    const context = await contextFor(gateway);
    const installed = await npm.install(onlyMethod(gateway, 'npm'), context);
    expect(run('node', [installed.entry])).toBe('tiny\n');
    expect(installed.pinnedBy).toBe('package-lock.json sha512');
    expect(await probeVersion(installed, context)).toEqual({ version: '1.0.0', by: 'node_modules/tiny/package.json' });
  });

  it('runs the install scripts that the manifest names, and says so', async () => {
    const folder = await npmProject({ script: "require('fs').writeFileSync('built', 'yes')" });
    // The user's own settings may forbid all of them.
    setEnvironment({ npm_config_ignore_scripts: 'true' });
    const gateway = tinyGateway(folder, [{ ...METHOD, scripts: ['tiny'] }], PROBE);
    const context = await contextFor(gateway);
    const installed = await npm.install(onlyMethod(gateway, 'npm'), context);
    expect(installed.pinnedBy).toBe('package-lock.json sha512; install scripts run: tiny');
    expect(await readFile(join(context.target, 'node_modules', 'tiny', 'built'), 'utf8')).toBe('yes');
  });

  it('fails where an install script fails, and where none is what the manifest names', async () => {
    const gateway = tinyGateway(await npmProject(), [{ ...METHOD, scripts: ['tiny'] }], PROBE);
    await expect(npm.install(onlyMethod(gateway, 'npm'), await contextFor(gateway))).rejects.toMatchObject({
      message: expect.stringContaining('"npm rebuild tiny" failed'),
      hint: 'see what the install script of tiny needs',
    });
    const other = tinyGateway(gateway.folder, [{ ...METHOD, scripts: ['sharp'] }], PROBE);
    await expect(npm.install(onlyMethod(other, 'npm'), await contextFor(other))).rejects.toMatchObject({
      message: 'no package sharp in npm/package-lock.json has an install script',
      hint: 'name in "scripts" of the manifest what has: tiny',
    });
  });

  it('logs whose install scripts it did not run', async () => {
    const gateway = tinyGateway(await npmProject(), [METHOD], PROBE);
    const context = await contextFor(gateway);
    await npm.install(onlyMethod(gateway, 'npm'), context);
    expect(context.lines.at(-1)).toBe('install scripts that were not run: tiny');
  });

  it('refuses a package whose hash is not the locked one', async () => {
    const other = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;
    const gateway = tinyGateway(await npmProject({ integrity: other }), [METHOD], PROBE);
    const attempt = npm.install(onlyMethod(gateway, 'npm'), await contextFor(gateway));
    await expect(attempt).rejects.toThrow('EINTEGRITY');
  });

  it('says that the program is not where the manifest says', async () => {
    const gateway = tinyGateway(await npmProject(), [{ ...METHOD, program: 'tiny/other.js' }], PROBE);
    const attempt = npm.install(onlyMethod(gateway, 'npm'), await contextFor(gateway));
    await expect(attempt).rejects.toThrow('node_modules has no tiny/other.js');
  });
});
