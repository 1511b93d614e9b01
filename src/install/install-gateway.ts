import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import type { InstallMethod, InstallReceipt } from '../model/install-method.js';
import type { InstallSubject } from '../model/install-subject.js';
import { writeInstallFailure, writeReceipt } from '../store/installs.js';
import { askedFor, statedVersion } from './existing.js';
import { INSTALL_LOG, openInstallLog } from './install-log.js';
import type { InstallContext, Installed } from './installer.js';
import { throwIfInterrupted } from './interruption.js';
import { installedReceipt, installFolder } from './receipt.js';
import { recipeSha256 } from './recipe.js';
import { installBy } from './registry.js';
import { probeVersion, type ReportedVersion, sameVersion } from './version-probe.js';

/** Why one way didn't work here. */
export interface WayFailure {
  method: InstallMethod['method'];
  reason: string;
  hint: string | undefined;
}

/** What came of it. `failures` are the ways that were tried before the one that worked. */
export type InstallResult =
  | { outcome: 'installed'; receipt: InstallReceipt; folder: string; failures: WayFailure[] }
  | { outcome: 'already'; receipt: InstallReceipt; folder: string }
  | { outcome: 'failed'; failures: WayFailure[]; hint: string };

export interface InstallOptions {
  /** The folder `.gateways`, absolute. */
  root: string;
  signal: AbortSignal;
  /** Told each line that goes into the log. */
  onLine?: (line: string) => void;
  /** Install again although it is installed. */
  force?: boolean;
}

/**
 * Install a gateway, or a tool, by the first of its ways that works here, into `<root>/<name>/<version>/`.
 * An `existing` way whose variable is set is a request: then no other way is tried.
 * @throws InterruptedError where the signal fires; everything else that goes wrong is in the result
 */
export async function installGateway(gateway: InstallSubject, options: InstallOptions): Promise<InstallResult> {
  const refused = gateway.refuseVersions[gateway.version];
  if (refused !== undefined) {
    return {
      outcome: 'failed',
      failures: [],
      hint: `${gateway.name} ${gateway.version} is refused: ${refused} Choose another version.`,
    };
  }
  const found = await installedReceipt(options.root, gateway);
  if (found.valid && options.force !== true)
    return { outcome: 'already', receipt: found.receipt, folder: found.folder };

  const folder = installFolder(options.root, gateway);
  await mkdir(folder, { recursive: true });
  await empty(folder, []);
  const log = await openInstallLog(folder, options.onLine);
  const failures: WayFailure[] = [];
  try {
    const asked = askedFor(gateway.install);
    for (const method of asked === undefined ? gateway.install : [asked]) {
      throwIfInterrupted(options.signal);
      const context: InstallContext = { gateway, target: folder, log: log.line, signal: options.signal };
      log.line(`${gateway.name} ${gateway.version} by ${method.method}`);
      try {
        const receipt = await installByMethod(method, context);
        return { outcome: 'installed', receipt, folder, failures };
      } catch (error) {
        await empty(folder, [INSTALL_LOG]);
        throwIfInterrupted(options.signal);
        if (!(error instanceof ExpectedError)) throw error;
        log.line(`${method.method} did not work: ${error.message}`);
        failures.push({ method: method.method, reason: error.message, hint: error.hint });
      }
    }
    const hint = remedyFor(failures, join(folder, INSTALL_LOG));
    await writeInstallFailure(folder, {
      failedAt: new Date().toISOString(),
      failures: failures.map(withoutAbsent),
      hint,
    });
    return { outcome: 'failed', failures, hint };
  } finally {
    await log.close();
  }
}

async function installByMethod(method: InstallMethod, context: InstallContext): Promise<InstallReceipt> {
  const { gateway } = context;
  const started = performance.now();
  const installed = await installBy(method, context);
  const reported = await reportedVersion(method, installed, context);
  if (!sameVersion(reported.version, gateway.version)) {
    throw new ExpectedError(
      `it reports version ${reported.version} (${reported.by}), and the manifest asks for ${gateway.version}`,
      'install the version that the manifest asks for, or change the manifest',
    );
  }
  const receipt: InstallReceipt = {
    schemaVersion: 2,
    gateway: gateway.name,
    version: gateway.version,
    reportedVersion: reported.version,
    reportedBy: reported.by,
    method: method.method,
    pinnedBy: installed.pinnedBy,
    entry: installed.entry,
    installedAt: new Date().toISOString(),
    seconds: Math.round(performance.now() - started) / 1_000,
    recipeSha256: await recipeSha256(gateway),
  };
  await writeReceipt(context.target, receipt);
  context.log(`installed ${receipt.entry}, version ${receipt.reportedVersion} (${receipt.reportedBy})`);
  return receipt;
}

/** For the user's own program that can't tell its version, what the user says, and recorded as just that. */
async function reportedVersion(
  method: InstallMethod,
  installed: Installed,
  context: InstallContext,
): Promise<ReportedVersion> {
  try {
    return await probeVersion(installed, context);
  } catch (error) {
    if (method.method !== 'existing' || !(error instanceof ExpectedError)) throw error;
    const stated = statedVersion(method);
    if (stated !== undefined) return { version: stated.version, by: `stated by the user in ${stated.variable}` };
    throw new ExpectedError(
      `${error.message}, so its version can't be checked`,
      `if you know that it is ${context.gateway.version}, say so: ${method.variable}_VERSION=${context.gateway.version}`,
    );
  }
}

function remedyFor(failures: WayFailure[], log: string): string {
  const steps = failures.flatMap(({ method, hint }) => (hint === undefined ? [] : [`${method}: ${hint}`]));
  return [...steps, `all that was tried is in ${log}`].join('\n');
}

function withoutAbsent({ method, reason, hint }: WayFailure) {
  return hint === undefined ? { method, reason } : { method, reason, hint };
}

async function empty(folder: string, but: string[]): Promise<void> {
  const names = (await readdir(folder)).filter((name) => !but.includes(name));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
