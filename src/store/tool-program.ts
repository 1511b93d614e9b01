import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findInPath } from '../lib/find-in-path.js';
import { rootsOf } from '../lib/roots.js';
import type { InstallReceipt } from '../model/install-method.js';
import { readReceipt, unpackedLibraries } from './installs.js';

/** A load generator or profiler that is a separate program, as found on this machine. */
export interface ToolProgram {
  /** Absolute. */
  path: string;
  version: string;
  /** Added to an ordinary environment. */
  environment: Record<string, string>;
}

export interface ToolQuery {
  name: string;
  /** Print its version, which is needed if no receipt says it. */
  versionArgs: string[];
  /** The first group is the version. */
  versionPattern: RegExp;
}

const VERSION_TIMEOUT_MS = 10_000;

/** What `gatebench setup` installed, else what is in `.tools/bin` or in PATH; null if there is none. */
export function findToolProgram(query: ToolQuery, toolInstalls = rootsOf().toolInstalls): ToolProgram | null {
  const installed = newestReceipt(join(toolInstalls, query.name));
  if (installed) {
    return {
      path: installed.entry,
      version: installed.reportedVersion,
      environment:
        installed.method === 'deb-unpack' ? unpackedLibraries(dirname(dirname(dirname(installed.entry)))) : {},
    };
  }
  const own = join(toolInstalls, 'bin', query.name);
  const path = existsSync(own) ? own : findInPath(query.name);
  return path === null ? null : { path, version: askVersion(path, query), environment: {} };
}

function newestReceipt(folder: string): InstallReceipt | undefined {
  return namesIn(folder)
    .flatMap((version) => receiptIn(join(folder, version)) ?? [])
    .filter(({ entry }) => existsSync(entry))
    .sort((a, b) => a.installedAt.localeCompare(b.installedAt))
    .at(-1);
}

function receiptIn(folder: string): InstallReceipt | null {
  try {
    return readReceipt(folder);
  } catch {
    // Damaged, or written by a later version: as good as not installed.
    return null;
  }
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
