import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { fillTemplate } from '../lib/placeholders.js';
import type { VersionProbe } from '../model/gateway.js';
import { runInstallCommand, tryInstallCommand } from './install-command.js';
import type { InstallContext, Installed } from './installer.js';
import { VENV } from './pip.js';

/** A version and its source. */
export interface ReportedVersion {
  version: string;
  /** Such as "ferrogw version" or "node_modules/x/package.json". */
  by: string;
}

const PROBE_TIMEOUT_S = 120;

/**
 * Read the version from the installed program or the installer's lock, never from the manifest.
 * @throws ExpectedError where there is none
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

/** Whether two versions are the same, with or without a leading v. */
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
  const commandLine = [basename(program), ...args].join(' ');
  // A program without a version command may print its version and then fail for want of arguments.
  const version = new RegExp(probe.pattern, 'm').exec(output)?.[1];
  if (version === undefined) {
    throw new ExpectedError(
      failure?.message ?? `"${commandLine}" printed no version (looked for ${probe.pattern}):\n${output}`,
      'check that the program runs here, and "versionProbe" in the manifest',
    );
  }
  return { version, by: commandLine };
}

async function probeGoBuildInfo(entry: string, context: InstallContext): Promise<ReportedVersion> {
  const output = await runInstallCommand(['go', 'version', '-m', entry], context, {
    hint: 'install Go, which reads the version built into the program',
  });
  const version = /^\s*mod\s+\S+\s+(\S+)/m.exec(output)?.[1];
  // Go writes (devel) for a program built in its own source folder.
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
    throw new Error('it has no "version"');
  } catch (error) {
    throw new ExpectedError(
      `can't read a version from ${path}: ${messageOf(error)}`,
      'correct "versionProbe" in the manifest',
    );
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
