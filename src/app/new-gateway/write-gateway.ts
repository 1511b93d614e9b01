import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hostPlatform } from '../../install/host-system.js';
import { runInstallCommand } from '../../install/install-command.js';
import { lockNpm, lockPip } from '../../install/lock-files.js';
import { type PinContext, pinTo } from '../../install/pin.js';
import { newestVersion } from '../../install/registries.js';
import { ExpectedError, messageOf, UsageError } from '../../lib/errors.js';
import type { InstallMethod } from '../../model/install-method.js';
import { MANIFEST_FILE, type StoredGateway } from '../../store/gateways.js';
import { type Answers, freeColour } from './answers.js';
import type { InstallSpec } from './install-spec.js';
import { type ManifestParts, manifestText, methodOf, probeOf, readmeText } from './manifest.js';

export type WriteContext = Pick<PinContext, 'log' | 'signal' | 'uv'>;

/** The program of a package, as its registry or its name says. */
export async function findProgram(spec: InstallSpec, context: WriteContext): Promise<string> {
  switch (spec.kind) {
    case 'npm': {
      const id = spec.version === null ? spec.name : `${spec.name}@${spec.version}`;
      const output = await runInstallCommand(['npm', 'view', id, 'bin', '--json'], context, { cwd: '/' });
      return `${spec.name}/${firstProgram(output) ?? 'index.js'}`;
    }
    case 'pip':
      return `bin/${spec.name}`;
    case 'deb':
      return `usr/bin/${spec.name}`;
    default:
      return basename(new URL(spec.name, 'file:///').pathname).replace(/\.(tar\.gz|tgz)$/, '');
  }
}

/** Of what npm prints for `bin`: one path, or paths by the name of the command. */
function firstProgram(output: string): string | undefined {
  const json = /(?:^|\n)("[^"]*"|\{[\s\S]*\})\s*$/.exec(output)?.[1];
  if (json === undefined) return undefined;
  const bin: unknown = JSON.parse(json);
  const path: unknown = typeof bin === 'object' && bin !== null ? Object.values(bin)[0] : bin;
  return typeof path === 'string' ? path.replace(/^\.\//, '') : undefined;
}

/**
 * Write the folder of a new gateway: manifest, lock files, configuration and README.
 * @param folder absolute; must not exist
 * @param how the command that makes the same again
 * @throws ExpectedError where its registry doesn't have it; nothing is left behind then
 */
export async function writeGateway(
  { name, folder, answers, how }: { name: string; folder: string; answers: Answers; how: string },
  stored: ReadonlyMap<string, StoredGateway>,
  context: WriteContext,
): Promise<ManifestParts> {
  if (existsSync(folder)) {
    throw new UsageError(`${folder} exists already`, 'choose another name, or remove it first');
  }
  const version = answers.spec.version ?? (await findVersion(answers.spec, context));
  const { method, files } = await pinned(name, version, answers, context);
  const parts: ManifestParts = { name, version, colour: freeColour(stored), method, answers };
  try {
    await mkdir(folder, { recursive: true });
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    for (const file of answers.files) await copyTemplate(file, join(folder, basename(file)));
    await writeFile(join(folder, MANIFEST_FILE), manifestText(parts));
    await writeFile(join(folder, 'README.md'), readmeText(parts, how));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return parts;
}

async function copyTemplate(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error) => {
    throw new UsageError(`the configuration file ${from} can't be copied: ${messageOf(error)}`, 'correct --file');
  });
}

const REGISTRIES = { npm: 'npm', pip: 'pip', go: 'go', cargo: 'cargo', deb: 'deb' } as const;

async function findVersion(spec: InstallSpec, context: WriteContext): Promise<string> {
  const { kind, name } = spec;
  if (kind === 'existing') return versionOfProgram(name, context);
  if (kind === 'download') {
    throw new UsageError(`${name} needs a version`, `write it behind it: download:${name}@1.2.3`);
  }
  return (await newestVersion({ registry: REGISTRIES[kind], name }, context)).version;
}

async function versionOfProgram(program: string, context: WriteContext): Promise<string> {
  const output = await runInstallCommand([program, '--version'], context, {
    hint: `give its version: existing:${program}@1.2.3`,
  });
  const version = /(\d+\.\d+(?:\.\d+)*[\w.+-]*)/.exec(output)?.[1];
  if (version !== undefined) return version;
  throw new ExpectedError(
    `${program} --version names no version: ${output.slice(0, 200)}`,
    `give it: existing:${program}@1.2.3`,
  );
}

async function pinned(
  name: string,
  version: string,
  answers: Answers,
  context: WriteContext,
): Promise<{ method: InstallMethod; files: Map<string, string> }> {
  const { spec } = answers;
  const { os, arch } = hostPlatform();
  const method = methodOf(name, answers, `${os}-${arch}`);
  if (method.method === 'npm') {
    const packageJson = { name: `gatebench-${name}`, version: '0.0.0', private: true };
    const lock = await lockNpm({ packageJson, name: spec.name, version }, null, context);
    return {
      method,
      files: new Map([
        [`${method.project}/package.json`, lock.packageJson],
        [`${method.project}/package-lock.json`, lock.packageLock],
      ]),
    };
  }
  if (method.method === 'pip') {
    const uv = await context.uv();
    const text = await lockPip({ spec: spec.name + spec.part, version, python: '3.11', uv }, context);
    return { method, files: new Map([[method.lock, text]]) };
  }
  const gateway = { name, version, folder: '', versionProbe: probeOf(spec) };
  return (await pinTo(method, { ...context, gateway, version, beside: false })) ?? { method, files: new Map() };
}
