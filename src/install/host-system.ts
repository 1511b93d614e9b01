import { readFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { ExpectedError } from '../lib/errors.js';
import { runInstallCommand } from './install-command.js';
import type { InstallContext } from './installer.js';

/** Operating system and processor, as Go, Debian and release pages spell them. */
export interface Platform {
  os: string;
  arch: string;
}

/** This machine's platform. */
export function hostPlatform(): Platform {
  return { os: platform(), arch: { x64: 'amd64' }[arch() as string] ?? arch() };
}

/** The distribution, from `/etc/os-release`; undefined where there is no such file, as on macOS. */
export async function readLinuxDistribution(): Promise<
  { id: string; codename: string; debianLike: boolean } | undefined
> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  const family = [field('ID'), ...field('ID_LIKE').split(' ')];
  return {
    id: field('ID'),
    codename: field('VERSION_CODENAME'),
    debianLike: family.some((id) => id === 'debian' || id === 'ubuntu'),
  };
}

/** Whether this process may install system packages. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Install system packages, as root on Debian or Ubuntu.
 * @param missing what they provide: "a C compiler"
 * @throws ExpectedError anywhere else, with the command to run
 */
export async function installSystemPackages(
  missing: string,
  packages: string[],
  context: Pick<InstallContext, 'log' | 'signal'>,
): Promise<void> {
  const distribution = await readLinuxDistribution();
  const debianLike = distribution?.debianLike ?? false;
  if (!isRoot() || !debianLike) {
    throw new ExpectedError(
      `${missing} is missing`,
      debianLike ? `sudo apt-get install ${packages.join(' ')}` : `install ${missing}`,
    );
  }
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  await runInstallCommand(['apt-get', 'update'], context, { environment });
  await runInstallCommand(['apt-get', 'install', '-y', '--no-install-recommends', ...packages], context, {
    environment,
  });
}
