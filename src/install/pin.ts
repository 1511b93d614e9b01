import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import { fillTemplate } from '../lib/placeholders.js';
import { temporaryFolder } from '../lib/temporary-folder.js';
import type { InstallMethod, InstallMethodOf } from '../model/install-method.js';
import type { InstallSubject } from '../model/install-subject.js';
import { fetchFile, sha256OfFile } from './fetch-file.js';
import type { InstallContext } from './installer.js';
import { lockNpm, lockPip, sumOfGoModule } from './lock-files.js';
import { lockedSpec, npmPackage } from './registries.js';

/** An install method for another version, with the files that pin it. */
export interface Pinned {
  method: InstallMethod;
  /** Contents by path in the manifest's folder. */
  files: Map<string, string>;
}

export interface PinContext extends Pick<InstallContext, 'log' | 'signal'> {
  gateway: Pick<InstallSubject, 'folder' | 'versionProbe' | 'name' | 'version'>;
  /** Without a leading v. */
  version: string;
  /** Beside the earlier version, whose files stay. */
  beside: boolean;
  /** Path of uv, asked for where a lock file of Python is made. */
  uv: () => Promise<string>;
}

/**
 * Pin an install method to another version: its lock file, sum or checksums, as the registry has them now.
 * @returns null for a method that pins nothing to a version: the user's own program
 * @throws ExpectedError where there is no such version
 */
export async function pinTo(method: InstallMethod, context: PinContext): Promise<Pinned | null> {
  const { version } = context;
  switch (method.method) {
    case 'npm':
      return pinNpm(method, context);
    case 'pip':
      return pinPip(method, context);
    case 'go': {
      const goVersion = `v${version}`;
      const sum = await sumOfGoModule(method.module, goVersion, context);
      const stamped = method.ldflags.replaceAll(`v${context.gateway.version}`, goVersion);
      return plain({ ...method, version: goVersion, sum, ldflags: stamped });
    }
    case 'cargo': {
      const url = `https://static.crates.io/crates/${method.crate}/${method.crate}-${version}.crate`;
      return plain({ ...method, version, sha256: await sha256OfUrl(url, context) });
    }
    case 'download':
      return pinDownload(method, context);
    case 'deb-unpack':
      return plain(method);
    case 'apt':
      // The new files' sums aren't known; apt checks its signature.
      return plain({
        ...method,
        sha256: {},
        packages: method.packages.map((each) => each.replace(/=.*$/, `=${version}`)),
      });
    case 'existing':
      return null;
    default:
      return method satisfies never;
  }
}

function plain(method: InstallMethod): Pinned {
  return { method, files: new Map() };
}

async function pinNpm(method: InstallMethodOf<'npm'>, context: PinContext): Promise<Pinned> {
  const { gateway, version } = context;
  const aboutVersion = (text: unknown) => String(text).replaceAll(gateway.version, version);
  const name = await npmPackage(method.project, gateway);
  const folder = join(gateway.folder, method.project);
  const packageJson: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (typeof packageJson !== 'object' || packageJson === null) {
    throw new ExpectedError(`${folder}/package.json is no JSON object`, 'correct it');
  }
  const described = 'description' in packageJson ? { description: aboutVersion(packageJson.description) } : {};
  const lock = await lockNpm(
    { packageJson: { ...packageJson, ...described }, name, version },
    join(folder, 'package-lock.json'),
    context,
  );
  const project = context.beside ? `${method.project}-${version}` : method.project;
  return {
    method: { ...method, project },
    files: new Map([
      [`${project}/package.json`, lock.packageJson],
      [`${project}/package-lock.json`, lock.packageLock],
    ]),
  };
}

async function pinPip(method: InstallMethodOf<'pip'>, context: PinContext): Promise<Pinned> {
  const { gateway, version } = context;
  const { spec } = await lockedSpec(join(gateway.folder, method.lock), gateway);
  const python = oldest(method.python);
  const text = await lockPip({ spec, version, python, uv: await context.uv() }, context);
  const lock = context.beside ? method.lock.replace(/(-\d[\w.]*)?\.lock$/, `-${version}.lock`) : method.lock;
  return { method: { ...method, lock }, files: new Map([[lock, text]]) };
}

/** `3.9` is older than `3.11`. */
function oldest(versions: readonly string[]): string {
  const minor = (version: string) => Number(version.split('.')[1]);
  return [...versions].sort((a, b) => minor(a) - minor(b))[0] ?? '3.11';
}

async function pinDownload(method: InstallMethodOf<'download'>, context: PinContext): Promise<Pinned> {
  if (!method.url.includes('{version}')) {
    throw new ExpectedError(
      `the release file ${method.url} has no {version} in its address`,
      'change "url" and "sha256" in the manifest by hand',
    );
  }
  const sha256: Record<string, string> = {};
  for (const platform of Object.keys(method.sha256)) {
    const [os = '', arch = ''] = platform.split('-');
    sha256[platform] = await sha256OfUrl(fillTemplate(method.url, { version: context.version, os, arch }), context);
  }
  return plain({ ...method, sha256 });
}

async function sha256OfUrl(url: string, context: PinContext): Promise<string> {
  const folder = await temporaryFolder();
  try {
    const path = join(folder.path, 'file');
    await fetchFile(url, undefined, path, context);
    return await sha256OfFile(path);
  } finally {
    await folder.remove();
  }
}
