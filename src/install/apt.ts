import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import { fillTemplate } from '../lib/placeholders.js';
import type { InstallMethodOf } from '../model/install-method.js';
import { checkSha256, fetchFile } from './fetch-file.js';
import { hostPlatform, isRoot, readLinuxDistribution } from './host-system.js';
import { runInstallCommand } from './install-command.js';
import type { InstallContext, Installed, Installer } from './installer.js';

type AptMethod = InstallMethodOf<'apt'>;
const SYSTEM_SOURCES = '/etc/apt';

/**
 * A package from a vendor's apt repository, installed system-wide because its paths are built in.
 * The repository is not added to the system's configuration, so that no later upgrade changes the version.
 */
export const apt: Installer<InstallMethodOf<'apt'>> = {
  async install(method, context) {
    const host = await requireSupportedHost(method);
    if (!isRoot()) {
      throw new ExpectedError('installing a system package needs root', 'run the command again with sudo');
    }
    const folder = await mkdtemp(join(tmpdir(), 'gatebench-apt-'));
    try {
      return await installFrom(folder, method, host, context);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

/** @param folder not the install folder: apt's unprivileged user may not be allowed to enter it */
async function installFrom(folder: string, method: AptMethod, host: Host, context: InstallContext): Promise<Installed> {
  const key = await fetchKey(method, folder, context);
  const options = await writeAptSources(method, folder, host, key);
  await runInstallCommand(['apt-get', ...options, 'update'], context);
  const verified = await downloadPackages(method, folder, options, host, context);
  const install = ['install', '-y', '--no-install-recommends', '--allow-downgrades', ...verified.files];
  await runInstallCommand(['apt-get', ...options, ...install], context, {
    environment: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  await access(method.program).catch(() => {
    throw new ExpectedError(
      `${method.packages.join(', ')} has no ${method.program}`,
      'correct "program" in the manifest',
    );
  });
  return { entry: method.program, pinnedBy: verified.pinnedBy };
}

interface Host {
  id: string;
  codename: string;
  arch: string;
}

async function requireSupportedHost({ repository }: AptMethod): Promise<Host> {
  const distribution = await readLinuxDistribution();
  const { arch } = hostPlatform();
  if (
    distribution === undefined ||
    !repository.codenames.includes(distribution.codename) ||
    !repository.architectures.includes(arch)
  ) {
    throw new ExpectedError(
      `${repository.name} has packages for ${repository.codenames.join(', ')} on ${repository.architectures.join(', ')}, ` +
        `but this is ${distribution?.codename || hostPlatform().os} on ${arch}`,
      'use one of these systems, or another install method',
    );
  }
  return { id: distribution.id, codename: distribution.codename, arch };
}

/** @returns the path of the key file, with the suffix that apt requires: `.asc` for armoured text, `.gpg` for binary */
async function fetchKey({ repository }: AptMethod, folder: string, context: InstallContext): Promise<string> {
  // apt reads it as an unprivileged user.
  await chmod(folder, 0o755);
  const fetched = join(folder, 'key');
  await fetchFile(repository.keyUrl, repository.keySha256, fetched, context);
  const bytes = await readFile(fetched);
  const key = join(folder, bytes.toString('latin1').startsWith('-----BEGIN') ? 'key.asc' : 'key.gpg');
  await writeFile(key, bytes, { mode: 0o644 });
  if (repository.keyFingerprint !== undefined) {
    const shown = await runInstallCommand(['gpg', '--show-keys', '--with-colons', key], context, {
      hint: 'install gnupg, which checks the key',
    });
    const wanted = repository.keyFingerprint.replaceAll(' ', '').toUpperCase();
    if (!shown.split('\n').some((line) => line.startsWith('fpr:') && line.split(':').includes(wanted))) {
      throw new ExpectedError(
        `the key at ${repository.keyUrl} is not ${wanted}`,
        'do not use that repository: its key is not the pinned one',
      );
    }
  }
  return key;
}

/** Options for the system's sources plus the vendor's, with lists and cache in `folder`. */
async function writeAptSources({ repository }: AptMethod, folder: string, host: Host, key: string): Promise<string[]> {
  const parts = join(folder, 'sources.list.d');
  await mkdir(parts);
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  const systemParts = join(SYSTEM_SOURCES, 'sources.list.d');
  for (const name of await readdir(systemParts).catch(() => []))
    await symlink(join(systemParts, name), join(parts, name));
  const fill = (text: string) => fillTemplate(text, { id: host.id, codename: host.codename });
  const source = [
    'Types: deb',
    `URIs: ${fill(repository.uri)}`,
    `Suites: ${fill(repository.suite)}`,
    `Components: ${repository.components.join(' ')}`,
    `Architectures: ${host.arch}`,
    `Signed-By: ${key}`,
  ];
  await writeFile(join(parts, `gatebench-${repository.name}.sources`), `${source.join('\n')}\n`);
  return [
    ...['-o', `Dir::Etc::sourceparts=${parts}`],
    ...['-o', `Dir::State::Lists=${join(folder, 'lists')}`],
    ...['-o', `Dir::Cache=${join(folder, 'cache')}`],
  ];
}

/** Download the packages and compare them with the pinned checksums, before anything is installed. */
async function downloadPackages(
  method: AptMethod,
  folder: string,
  options: string[],
  host: Host,
  context: InstallContext,
): Promise<{ files: string[]; pinnedBy: string }> {
  const debs = join(folder, 'debs');
  await mkdir(debs);
  await chmod(debs, 0o755);
  await runInstallCommand(['apt-get', ...options, 'download', ...method.packages], context, { cwd: debs });
  const files = (await readdir(debs)).sort().map((name) => join(debs, name));
  const sha256 = method.sha256[`${host.codename}-${host.arch}`];
  const [first] = files;
  if (sha256 === undefined || first === undefined)
    return { files, pinnedBy: `apt signature (${method.packages.join(', ')})` };
  await checkSha256(first, sha256);
  return { files, pinnedBy: `sha256 ${sha256}, apt signature (${method.packages.join(', ')})` };
}
