import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import type { InstallMethodOf } from '../model/install-method.js';
import { installSystemPackages } from './host-system.js';
import { runInstallCommand, tryInstallCommand } from './install-command.js';
import type { InstallContext, Installer } from './installer.js';

/** The environment's folder below the install folder. */
export const VENV = 'venv';

/** A virtual environment, filled from a lock file that has a hash for every file. */
export const pip: Installer<InstallMethodOf<'pip'>> = {
  async install(method, context) {
    const lock = join(context.gateway.folder, method.lock);
    refuseLockedVersions(await readFile(lock, 'utf8'), method, context);
    const python = await findPython(method.python, context);
    await ensureVenv(python, context);
    const venv = join(context.target, VENV);
    await runInstallCommand([python, '-m', 'venv', venv], context);
    const pipCommand = [join(venv, 'bin', 'python'), '-m', 'pip', '--disable-pip-version-check', '--no-input'] as const;
    // The lock is complete, so nothing is resolved: some versions of pip refuse `a[extra]` where the lock has `a`.
    const install = ['install', '--require-hashes', '--no-deps', '-r', lock];
    await runInstallCommand([...pipCommand, ...install], context);
    await runInstallCommand([...pipCommand, 'check'], context, {
      hint: `generate ${method.lock} again: it is incomplete`,
    });
    const entry = join(venv, method.program);
    await access(entry).catch(() => {
      throw new ExpectedError(`the environment has no ${method.program}`, 'correct "program" in the manifest');
    });
    return { entry, pinnedBy: '--require-hashes' };
  },
};

/**
 * A refused version may be malicious, and a Python package can run code as soon as it is installed (a `.pth` file), so
 * the lock file is checked before anything is installed.
 */
function refuseLockedVersions(lock: string, method: InstallMethodOf<'pip'>, { gateway }: InstallContext): void {
  const probe = gateway.versionProbe;
  const distribution = probe.from === 'python-distribution' ? probe.distribution : gateway.name;
  const normal = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-');
  for (const [, name = '', version = ''] of lock.matchAll(/^([\w.-]+)(?:\[[^\]]*\])?\s*==\s*([^\s;\\]+)/gm)) {
    const reason = Object.hasOwn(gateway.refuseVersions, version) ? gateway.refuseVersions[version] : undefined;
    if (normal(name) === normal(distribution) && reason !== undefined) {
      throw new ExpectedError(
        `${method.lock} locks ${name} ${version}, which is refused: ${reason}`,
        'lock another version',
      );
    }
  }
}

/** The first interpreter on PATH with a version that the lock file supports. A pyenv shim may exist and not run. */
async function findPython(versions: string[], context: InstallContext): Promise<string> {
  const names = [...versions.map((version) => `python${version}`), 'python3', 'python'];
  for (const name of names) {
    const ask = [name, '-c', 'import sys; print("%d.%d" % sys.version_info[:2])'] as const;
    const { output, failure } = await tryInstallCommand(ask, context);
    if (failure === undefined && versions.includes(output.trim())) return name;
  }
  throw new ExpectedError(
    `no Python ${versions.join(' or ')} on PATH`,
    `install one of them: python${versions[0]} must be on PATH`,
  );
}

async function ensureVenv(python: string, context: InstallContext): Promise<void> {
  const { failure } = await tryInstallCommand([python, '-c', 'import ensurepip, venv'], context);
  if (failure !== undefined) await installSystemPackages(`venv for ${python}`, ['python3-venv'], context);
}
