import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InstallReceipt } from '../model/install-method.js';
import { findInPath } from './find-in-path.js';
import { rootsOf } from './roots.js';

/** A load generator or profiler installed on this machine. */
export interface ToolProgram {
  /** Absolute. */
  path: string;
  version: string;
  /** Variables that it needs besides an ordinary environment. */
  environment: Record<string, string>;
}

export interface ToolQuery {
  name: string;
  /** Arguments that make it print its version; used where no receipt has it. */
  versionArgs: string[];
  /** The first group is the version. */
  versionPattern: RegExp;
}

const VERSION_TIMEOUT_MS = 10_000;

/** Find a tool: as `gatebench setup` installed it, else in `.tools/bin`, else in PATH; null where there is none. */
export function findToolProgram(query: ToolQuery, toolInstalls = rootsOf().toolInstalls): ToolProgram | null {
  const installed = newestReceipt(join(toolInstalls, query.name));
  if (installed) {
    return {
      path: installed.entry,
      version: installed.reportedVersion,
      environment: installed.method === 'deb-unpack' ? libraryEnvironment(installed.entry) : {},
    };
  }
  const own = join(toolInstalls, 'bin', query.name);
  const path = existsSync(own) ? own : findInPath(query.name);
  return path === null ? null : { path, version: askVersion(path, query), environment: {} };
}

function newestReceipt(folder: string): InstallReceipt | undefined {
  return namesIn(folder)
    .flatMap((version) => readReceipt(join(folder, version)) ?? [])
    .filter(({ entry }) => existsSync(entry))
    .sort((a, b) => a.installedAt.localeCompare(b.installedAt))
    .at(-1);
}

function readReceipt(folder: string): InstallReceipt | null {
  try {
    return InstallReceipt.parse(JSON.parse(readFileSync(join(folder, 'install.json'), 'utf8')));
  } catch {
    // The installation was interrupted, or made by another version of the harness.
    return null;
  }
}

/** A Debian package that was only unpacked looks for its libraries in system folders, where they may be missing. */
function libraryEnvironment(entry: string): Record<string, string> {
  const lib = join(dirname(dirname(entry)), 'lib');
  const folders = namesIn(lib).filter((name) => name.endsWith('-linux-gnu'));
  return folders.length === 0 ? {} : { LD_LIBRARY_PATH: folders.map((name) => join(lib, name)).join(':') };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function askVersion(path: string, { versionArgs, versionPattern }: ToolQuery): string {
  const { stdout, stderr } = spawnSync(path, versionArgs, { encoding: 'utf8', timeout: VERSION_TIMEOUT_MS });
  return versionPattern.exec(`${stdout ?? ''}\n${stderr ?? ''}`)?.[1] ?? 'unknown';
}
