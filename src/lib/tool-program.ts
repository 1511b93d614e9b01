import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findInPath } from './find-in-path.js';
import { rootsOf } from './roots.js';

/** A load generator or profiler that is a program of its own, as found on this machine. */
export interface ToolProgram {
  /** Absolute. */
  path: string;
  version: string;
  /** What it needs besides an ordinary environment. */
  environment: Record<string, string>;
}

export interface ToolQuery {
  name: string;
  /** How it is asked for its version, where no installation of ours says it. */
  versionArgs: string[];
  /** First group is the version. */
  versionPattern: RegExp;
}

/** What the search needs of an installation's receipt; the model has all of it. */
export interface ToolReceipt {
  entry: string;
  reportedVersion: string;
  method: string;
  installedAt: string;
}

const VERSION_TIMEOUT_MS = 10_000;

/**
 * What `gatebench setup` installed, else what stands in `.tools/bin` or in PATH; null where there is none.
 * @param parseReceipt throws where a document is no receipt; given, since lib knows nothing of the model
 */
export function findToolProgram(
  query: ToolQuery,
  parseReceipt: (document: unknown) => ToolReceipt,
  toolInstalls = rootsOf().toolInstalls,
): ToolProgram | null {
  const installed = newestReceipt(join(toolInstalls, query.name), parseReceipt);
  if (installed) {
    return {
      path: installed.entry,
      version: installed.reportedVersion,
      environment: installed.method === 'deb-unpack' ? libraryEnvironment(installed.entry) : {},
    };
  }
  const own = join(toolInstalls, 'bin', query.name);
  const path = existsSync(own) ? own : findInPath(query.name);
  return path === null ? null : { path, version: askedVersion(path, query), environment: {} };
}

function newestReceipt(folder: string, parse: (document: unknown) => ToolReceipt): ToolReceipt | undefined {
  return namesIn(folder)
    .flatMap((version) => receiptIn(join(folder, version), parse) ?? [])
    .filter(({ entry }) => existsSync(entry))
    .sort((a, b) => a.installedAt.localeCompare(b.installedAt))
    .at(-1);
}

function receiptIn(folder: string, parse: (document: unknown) => ToolReceipt): ToolReceipt | null {
  try {
    return parse(JSON.parse(readFileSync(join(folder, 'install.json'), 'utf8')));
  } catch {
    // Not installed to its end, or by another version of us: then it isn't installed.
    return null;
  }
}

/** A Debian package that was only unpacked looks for its libraries in the system, where they need not be. */
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

function askedVersion(path: string, { versionArgs, versionPattern }: ToolQuery): string {
  const { stdout, stderr } = spawnSync(path, versionArgs, { encoding: 'utf8', timeout: VERSION_TIMEOUT_MS });
  return versionPattern.exec(`${stdout ?? ''}\n${stderr ?? ''}`)?.[1] ?? 'unknown';
}
