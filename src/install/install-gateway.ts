import { createWriteStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { ExpectedError } from '../lib/errors.js';
import { temporaryFolder } from '../lib/temporary-folder.js';
import type { InstallMethod, InstallReceipt } from '../model/install-method.js';
import type { InstallSubject } from '../model/install-subject.js';
import { writeInstallFailure, writeReceipt } from '../store/installs.js';
import { requireFolder } from '../store/make-folder.js';
import { runAfterInstall } from './after-install.js';
import { findRequestedMethod, readStatedVersion } from './existing.js';
import { type InstallContext, type Installed, throwIfInterrupted } from './installer.js';
import { installWith } from './installers.js';
import { findInstallation, hashRecipe, installFolder } from './receipt.js';
import { findUnmetRequirement } from './requirements.js';
import { installServices } from './services.js';
import { probeVersion, type ReportedVersion, sameVersion } from './version-probe.js';

/** In the install folder; kept where the installation failed. */
const INSTALL_LOG = 'install.log';

/** Why one install method failed. */
export interface MethodFailure {
  method: InstallMethod['method'];
  reason: string;
  hint: string | undefined;
}

/** The result of an installation. `failures` are the methods tried before the one that worked. */
export type InstallResult =
  | { outcome: 'installed'; receipt: InstallReceipt; folder: string; failures: MethodFailure[] }
  | { outcome: 'already'; receipt: InstallReceipt; folder: string }
  | { outcome: 'failed'; failures: MethodFailure[]; hint: string };

export interface InstallOptions {
  /** The folder `.gateways`, absolute. */
  root: string;
  signal: AbortSignal;
  /** Called with each line of the log. */
  onLine?: (line: string) => void;
  /** Install even if it is already installed. */
  force?: boolean;
}

/**
 * Install a gateway or a tool into `<root>/<name>/<version>/`, by the first of its methods that works.
 * Where the variable of an `existing` method is set, no other method is tried.
 * @throws InterruptedError where the signal aborts; any other failure is in the result
 */
export async function installGateway(gateway: InstallSubject, options: InstallOptions): Promise<InstallResult> {
  const { version, refuseVersions } = gateway;
  const refused = Object.hasOwn(refuseVersions, version) ? refuseVersions[version] : undefined;
  if (refused !== undefined) {
    return {
      outcome: 'failed',
      failures: [],
      hint: `${gateway.name} ${gateway.version} is refused: ${refused} Choose another version.`,
    };
  }
  const found = await findInstallation(options.root, gateway);
  if (found.valid && options.force !== true)
    return { outcome: 'already', receipt: found.receipt, folder: found.folder };

  const folder = installFolder(options.root, gateway);
  await requireFolder(folder);
  await emptyFolder(folder, []);
  const log = openInstallLog(folder, options.onLine);
  const failures: MethodFailure[] = [];
  try {
    const requested = findRequestedMethod(gateway.install);
    for (const method of requested === undefined ? gateway.install : [requested]) {
      throwIfInterrupted(options.signal);
      const context: InstallContext = { gateway, target: folder, log: log.line, signal: options.signal };
      log.line(`${gateway.name} ${gateway.version} by ${method.method}`);
      try {
        const receipt = await installAndVerify(method, context);
        return { outcome: 'installed', receipt, folder, failures };
      } catch (error) {
        await emptyFolder(folder, [INSTALL_LOG]);
        throwIfInterrupted(options.signal);
        if (!(error instanceof ExpectedError)) throw error;
        log.line(`${method.method} failed: ${error.message}`);
        failures.push({ method: method.method, reason: error.message, hint: error.hint });
      }
    }
    const hint = hintFor(failures, join(folder, INSTALL_LOG));
    await writeInstallFailure(folder, {
      failedAt: new Date().toISOString(),
      failures: failures.map(omitUndefinedHint),
      hint,
      recipeSha256: await hashRecipe(gateway),
    });
    return { outcome: 'failed', failures, hint };
  } finally {
    await log.close();
  }
}

/**
 * Look at the program that an `existing` method's variable names, without installing anything.
 * @returns null where no such variable is set
 * @throws ExpectedError where it can't be run, or isn't the manifest's version
 */
export async function identifyOwnProgram(
  gateway: InstallSubject,
  signal: AbortSignal,
): Promise<(Installed & { reported: ReportedVersion; variable: string }) | null> {
  const method = findRequestedMethod(gateway.install);
  if (method === undefined) return null;
  const folder = await temporaryFolder();
  try {
    const context: InstallContext = { gateway, target: folder.path, log: () => {}, signal };
    return { ...(await installProgram(method, context)), variable: method.variable };
  } finally {
    await folder.remove();
  }
}

/** The program, of the version that the manifest asks for. */
async function installProgram(
  method: InstallMethod,
  context: InstallContext,
): Promise<Installed & { reported: ReportedVersion }> {
  const { gateway } = context;
  const unmet = await findUnmetRequirement(gateway.requires ?? {});
  if (unmet !== null) throw new ExpectedError(unmet.reason, unmet.hint);
  const installed = await installWith(method, context);
  const reported = await readVersion(method, installed, context);
  if (sameVersion(reported.version, gateway.version)) return { ...installed, reported };
  throw new ExpectedError(
    `it reports version ${reported.version} (${reported.by}), but the manifest asks for ${gateway.version}`,
    'install the version in the manifest, or change the manifest',
  );
}

async function installAndVerify(method: InstallMethod, context: InstallContext): Promise<InstallReceipt> {
  const { gateway } = context;
  const started = performance.now();
  const { reported, ...installed } = await installProgram(method, context);
  const services = await installServices(context);
  await runAfterInstall(installed, context);
  const receipt: InstallReceipt = {
    schemaVersion: 2,
    gateway: gateway.name,
    version: gateway.version,
    reportedVersion: reported.version,
    reportedBy: reported.by,
    method: method.method,
    pinnedBy: installed.pinnedBy,
    entry: installed.entry,
    services,
    installedAt: new Date().toISOString(),
    seconds: Math.round(performance.now() - started) / 1_000,
    recipeSha256: await hashRecipe(gateway),
  };
  await writeReceipt(context.target, receipt);
  context.log(`installed ${receipt.entry}, version ${receipt.reportedVersion} (${receipt.reportedBy})`);
  return receipt;
}

/** The reported version or, for a user's own program that reports none, the one that the user states. */
async function readVersion(
  method: InstallMethod,
  installed: Installed,
  context: InstallContext,
): Promise<ReportedVersion> {
  try {
    return await probeVersion(installed, context);
  } catch (error) {
    if (method.method !== 'existing' || !(error instanceof ExpectedError)) throw error;
    const stated = readStatedVersion(method);
    if (stated !== undefined) return { version: stated.version, by: `stated by the user in ${stated.variable}` };
    throw new ExpectedError(
      `${error.message}, so its version can't be checked`,
      `if it is ${context.gateway.version}, set ${method.variable}_VERSION=${context.gateway.version}`,
    );
  }
}

function hintFor(failures: MethodFailure[], log: string): string {
  const steps = failures.flatMap(({ method, hint }) => (hint === undefined ? [] : [`${method}: ${hint}`]));
  return [...steps, `for details see ${log}`].join('\n');
}

function omitUndefinedHint({ method, reason, hint }: MethodFailure) {
  return hint === undefined ? { method, reason } : { method, reason, hint };
}

async function emptyFolder(folder: string, keep: string[]): Promise<void> {
  const names = (await readdir(folder)).filter((name) => !keep.includes(name));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Open the log of an installation, written line by line. */
function openInstallLog(folder: string, onLine?: (line: string) => void) {
  const stream = createWriteStream(join(folder, INSTALL_LOG));
  return {
    line(text: string): void {
      stream.write(`${text}\n`);
      onLine?.(text);
    },
    async close(): Promise<void> {
      stream.end();
      await finished(stream);
    },
  };
}
