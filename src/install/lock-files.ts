import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import { temporaryFolder } from '../lib/temporary-folder.js';
import { findToolProgram } from '../store/tool-program.js';
import { runInstallCommand, tryInstallCommand } from './install-command.js';
import type { InstallContext } from './installer.js';

type Making = Pick<InstallContext, 'log' | 'signal'>;

/** What uv writes above a lock file is about the folder that it ran in. */
const UV_COMMENT = /^#.*\n/gm;

/** The lock files of one package that is pinned. */
export interface NpmLock {
  packageJson: string;
  packageLock: string;
}

/**
 * Pin a package of a package.json, and lock everything below it.
 * @param packageJson overrides and other settings in it stay
 * @param earlierLock path of a lock file whose entries are kept where they still fit; null for none
 */
export async function lockNpm(
  { packageJson, name, version }: { packageJson: object; name: string; version: string },
  earlierLock: string | null,
  making: Making,
): Promise<NpmLock> {
  const folder = await temporaryFolder();
  try {
    const { dependencies = {} } = packageJson as { dependencies?: Record<string, string> };
    const pinned = { ...packageJson, dependencies: { ...dependencies, [name]: version } };
    const text = `${JSON.stringify(pinned, null, 2)}\n`;
    await writeFile(join(folder.path, 'package.json'), text);
    if (earlierLock !== null) await copyFile(earlierLock, join(folder.path, 'package-lock.json'));
    const command = [
      'npm',
      'install',
      '--package-lock-only',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      // Everybody installs from the registry that they have.
      '--omit-lockfile-registry-resolved',
    ] as const;
    await runInstallCommand(command, making, { cwd: folder.path });
    return { packageJson: text, packageLock: await readFile(join(folder.path, 'package-lock.json'), 'utf8') };
  } finally {
    await folder.remove();
  }
}

/**
 * Lock a Python package with all that it needs, for every platform, with hashes.
 * @param spec `litellm[proxy]`
 * @param python oldest version that the lock is for, `3.11`
 * @param uv path of uv
 */
export async function lockPip(
  { spec, version, python, uv }: { spec: string; version: string; python: string; uv: string },
  making: Making,
): Promise<string> {
  const folder = await temporaryFolder();
  try {
    await writeFile(join(folder.path, 'requirements.in'), `${spec}==${version}\n`);
    const options = ['--generate-hashes', '--universal', '--python-version', python, '--no-annotate'];
    const command = [
      uv,
      'pip',
      'compile',
      '--quiet',
      ...options,
      'requirements.in',
      '-o',
      'requirements.lock',
    ] as const;
    await runInstallCommand([command[0], ...command.slice(1)], making, { cwd: folder.path });
    const text = await readFile(join(folder.path, 'requirements.lock'), 'utf8');
    const how = `# Made with: uv pip compile ${options.slice(0, 4).join(' ')}\n# from ${spec}==${version}\n`;
    return how + text.replaceAll(UV_COMMENT, '');
  } finally {
    await folder.remove();
  }
}

/** uv as `gatebench setup uv` installed it, or of PATH; null where there is none. */
export function findUv(toolInstalls: string): string | null {
  const query = { name: 'uv', versionArgs: ['--version'], versionPattern: /uv (\S+)/ };
  return findToolProgram(query, toolInstalls)?.path ?? null;
}

/** The sum of a Go module's version, which the checksum database vouches for. @param version `v1.2.3` */
export async function sumOfGoModule(module: string, version: string, making: Making): Promise<string> {
  const command = ['go', 'mod', 'download', '-json', `${module}@${version}`] as const;
  const { output, failure } = await tryInstallCommand(command, making, { cwd: '/' });
  const sum = /"Sum": "(h1:[^"]+)"/.exec(output)?.[1];
  if (sum !== undefined) return sum;
  const why = /"Error": "((?:[^"\\]|\\.)*)"/.exec(output)?.[1] ?? failure?.message ?? output;
  throw new ExpectedError(`Go can't have ${module}@${version}: ${why}`, `go list -m -versions ${module}`);
}
