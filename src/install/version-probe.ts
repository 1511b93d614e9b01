import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { fillTemplate } from '../lib/placeholders.js';
import type { VersionProbe } from '../model/gateway.js';
import { runInstallCommand, tryInstallCommand } from './install-command.js';
import type { InstallContext, Installed } from './installer.js';
import { VENV } from './pip.js';

/** A version, and who says so. */
export interface ReportedVersion {
  version: string;
  /** In words: "ferrogw version", "node_modules/x/package.json". */
  by: string;
}

const PROBE_TIMEOUT_S = 120;

/**
 * Ask the installed program, or read what the installer locked: never the manifest.
 * @throws ExpectedError where no version can be learnt
 */
export async function probeVersion(installed: Installed, context: InstallContext): Promise<ReportedVersion> {
  const probe = context.gateway.versionProbe;
  switch (probe.from) {
    case 'command':
      return probeCommand(probe, installed, context);
    case 'go-build-info':
      return probeGoBuildInfo(installed.entry, context);
    case 'npm-package':
      return probeNpmPackage(probe.package, context);
    case 'python-distribution':
      return probePythonDistribution(probe.distribution, context);
    default:
      return probe satisfies never;
  }
}

/** Whether a reported version is the one wanted: a leading v is a habit, not a difference. */
export function sameVersion(reported: string, wanted: string): boolean {
  const bare = (version: string) => version.trim().replace(/^v/, '');
  return bare(reported) === bare(wanted);
}

type CommandProbe = Extract<VersionProbe, { from: 'command' }>;

async function probeCommand(
  probe: CommandProbe,
  installed: Installed,
  context: InstallContext,
): Promise<ReportedVersion> {
  const values = {
    entry: installed.entry,
    install: context.target,
    folder: context.gateway.folder,
    version: context.gateway.version,
  };
  const fill = (text: string) => fillTemplate(text, values);
  const [program = '', ...args] = probe.command.map(fill);
  const environment = Object.fromEntries(Object.entries(probe.environment).map(([key, text]) => [key, fill(text)]));
  const options = { cwd: context.target, environment, timeoutS: PROBE_TIMEOUT_S };
  const { output, failure } = await tryInstallCommand([program, ...args], context, options);
  const told = [basename(program), ...args].join(' ');
  // A program without a version command may print its version and then fail for want of arguments.
  const version = new RegExp(probe.pattern, 'm').exec(output)?.[1];
  if (version === undefined) {
    throw new ExpectedError(
      failure?.message ?? `"${told}" printed no version (looked for ${probe.pattern}):\n${output}`,
      'see whether the program can be run here, and "versionProbe" in the manifest',
    );
  }
  return { version, by: told };
}

async function probeGoBuildInfo(entry: string, context: InstallContext): Promise<ReportedVersion> {
  const output = await runInstallCommand(['go', 'version', '-m', entry], context, {
    hint: 'install Go: it reads the version that was built into the program',
  });
  const version = /^\s*mod\s+\S+\s+(\S+)/m.exec(output)?.[1];
  // What Go writes for a program built in its own source folder.
  if (version === undefined || version === '(devel)') {
    throw new ExpectedError(`${entry} has no version in its build information`, 'use a program built from a release');
  }
  return { version, by: 'go version -m' };
}

async function probeNpmPackage(name: string, context: InstallContext): Promise<ReportedVersion> {
  const path = join('node_modules', name, 'package.json');
  try {
    const found: unknown = JSON.parse(await readFile(join(context.target, path), 'utf8'));
    const version = (found as { version?: unknown }).version;
    if (typeof version === 'string') return { version, by: path };
    throw new Error('no version in it');
  } catch (error) {
    throw new ExpectedError(`${path} tells no version: ${messageOf(error)}`, 'correct "versionProbe" in the manifest');
  }
}

async function probePythonDistribution(distribution: string, context: InstallContext): Promise<ReportedVersion> {
  const python = join(context.target, VENV, 'bin', 'python');
  const script = 'import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))';
  const output = await runInstallCommand([python, '-c', script, distribution], context, {
    hint: 'correct "versionProbe" in the manifest',
  });
  return { version: output.trim(), by: `metadata of ${distribution}` };
}
