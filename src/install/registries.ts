import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import type { InstallMethod } from '../model/install-method.js';
import type { InstallSubject } from '../model/install-subject.js';
import { tryInstallCommand } from './install-command.js';
import type { InstallContext } from './installer.js';

type Asking = Pick<InstallContext, 'log' | 'signal'>;
type Subject = Pick<InstallSubject, 'name' | 'folder' | 'install' | 'versionProbe'>;

/** The newest version that a registry offers. */
export interface NewestVersion {
  /** `npm`, `PyPI`, `Go proxy`, `crates.io`, `Debian`. */
  registry: string;
  /** As it is called there. */
  package: string;
  version: string;
}

/** A package as its registry knows it. */
export type RegistryPackage = { registry: Registry; name: string };
type Registry = keyof typeof TITLES;
const TITLES = { npm: 'npm', pip: 'PyPI', go: 'Go proxy', cargo: 'crates.io', deb: 'Debian' } as const;

const TIMEOUT_S = 120;

/**
 * Where a gateway's versions are published: of the first method that a registry stands behind.
 * @returns null where it has none, as release files and the user's own programs don't
 */
export async function packageOf(subject: Subject): Promise<RegistryPackage | null> {
  for (const method of subject.install) {
    const name = await nameIn(method, subject);
    if (name !== null) return name;
  }
  return null;
}

/**
 * Ask a registry for the newest version of a package, by its own client, so that the user's mirror and proxy apply.
 * @throws ExpectedError where it doesn't say
 */
export async function newestVersion({ registry, name }: RegistryPackage, asking: Asking): Promise<NewestVersion> {
  const version = await ASK[registry](name, asking);
  if (version === undefined) {
    throw new ExpectedError(
      `${TITLES[registry]} names no version of ${name}`,
      'check the name, and that the registry can be reached',
    );
  }
  return { registry: TITLES[registry], package: name, version };
}

const ASK: Record<Registry, (name: string, asking: Asking) => Promise<string | undefined>> = {
  async npm(name, asking) {
    return (await ask(['npm', 'view', name, 'version'], asking)).trim().split('\n').at(-1);
  },
  async pip(name, asking) {
    const output = await ask(['python3', '-m', 'pip', 'index', 'versions', name], asking);
    return /^Available versions: ([^,\s]+)/m.exec(output)?.[1];
  },
  async go(name, asking) {
    // Outside of any module: one that is here could replace it.
    const output = await ask(['go', 'list', '-m', '-f', '{{.Version}}', `${name}@latest`], asking, {
      GOFLAGS: '-mod=mod',
    });
    return /^v(\S+)$/m.exec(output)?.[1];
  },
  async cargo(name, asking) {
    const output = await ask(['cargo', 'search', '--limit', '1', name], asking);
    return new RegExp(`^${name} = "([^"]+)"`, 'm').exec(output)?.[1];
  },
  async deb(name, asking) {
    const candidate = /^ {2}Candidate: (\S+)/m.exec(await ask(['apt-cache', 'policy', name], asking))?.[1];
    return candidate === undefined || candidate === '(none)' ? undefined : upstreamVersion(candidate);
  },
};

/** Of a Debian version, `1:1.22.1-9+deb12u1`, what its maker calls it: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version */
export function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
}

async function ask(
  command: readonly [string, ...string[]],
  asking: Asking,
  environment: Record<string, string> = {},
): Promise<string> {
  const { output, failure } = await tryInstallCommand(command, asking, { environment, timeoutS: TIMEOUT_S, cwd: '/' });
  if (failure !== undefined) throw failure;
  return output;
}

async function nameIn(method: InstallMethod, subject: Subject): Promise<RegistryPackage | null> {
  switch (method.method) {
    case 'npm':
      return { registry: 'npm', name: await npmPackage(method.project, subject) };
    case 'pip':
      return { registry: 'pip', name: (await lockedSpec(join(subject.folder, method.lock), subject)).name };
    case 'go':
      return { registry: 'go', name: method.module };
    case 'cargo':
      return { registry: 'cargo', name: method.crate };
    case 'deb-unpack':
      return { registry: 'deb', name: method.packages[0] ?? subject.name };
    case 'apt':
    case 'download':
    case 'existing':
      return null;
    default:
      return method satisfies never;
  }
}

/** The package whose version is the gateway's: the one that is probed, else the only one of package.json. */
export async function npmPackage(project: string, subject: Pick<Subject, 'folder' | 'versionProbe'>): Promise<string> {
  if (subject.versionProbe.from === 'npm-package') return subject.versionProbe.package;
  const path = join(subject.folder, project, 'package.json');
  const { dependencies = {} } = JSON.parse(await readFile(path, 'utf8')) as { dependencies?: Record<string, string> };
  const [name, ...others] = Object.keys(dependencies);
  if (name !== undefined && others.length === 0) return name;
  throw new ExpectedError(
    `${path} has ${others.length + 1} dependencies, so it doesn't say which of them is the gateway`,
    'name it in the manifest: versionProbe: { from: npm-package, package: ... }',
  );
}

/** What a lock file was made from: `litellm[proxy]` of `# ... from litellm[proxy]==1.82.6`. */
export interface LockedSpec {
  /** `litellm`. */
  name: string;
  /** `litellm[proxy]`. */
  spec: string;
}

/** @throws ExpectedError where the lock file doesn't say what it was made from */
export async function lockedSpec(lock: string, { versionProbe }: Pick<Subject, 'versionProbe'>): Promise<LockedSpec> {
  const text = await readFile(lock, 'utf8').catch(() => '');
  const found = /^#.*?\bfrom ([\w.-]+)(\[[\w.,-]+\])?==/m.exec(text);
  const probed = versionProbe.from === 'python-distribution' ? versionProbe.distribution : undefined;
  const name = found?.[1] ?? probed;
  if (name !== undefined) return { name, spec: name + (found?.[2] ?? '') };
  throw new ExpectedError(
    `${lock} doesn't say what it was made from`,
    'begin it with a comment such as "# from litellm[proxy]==1.82.6"',
  );
}
