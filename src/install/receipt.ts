import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, UsageError } from '../lib/errors.js';
import { sha256 } from '../lib/sha256.js';
import type { InstallFailure, InstallMethod, InstallReceipt } from '../model/install-method.js';
import type { InstallSubject } from '../model/install-subject.js';
import { readInstallFailure, readReceipt } from '../store/installs.js';
import { findRequestedMethod, hashOwnFile, namedProgram } from './existing.js';
import { findUnmetRequirement } from './requirements.js';
import { sameVersion } from './version-probe.js';

/** A valid receipt, or why there is none. */
export type ReceiptResult = { valid: true; receipt: InstallReceipt; folder: string } | { valid: false; reason: string };

/** Whether a version can be a folder's name: that is emptied before an installation, and must not lead elsewhere. */
export function isFolderVersion(version: string): boolean {
  return /^[0-9A-Za-z][0-9A-Za-z._+-]{0,99}$/.test(version);
}

/**
 * Where a gateway's version is installed; variants of one version share it.
 * @param root the folder `.gateways`, absolute
 */
export function installFolder(root: string, gateway: Pick<InstallSubject, 'name' | 'version'>): string {
  if (!isFolderVersion(gateway.version)) {
    throw new UsageError(
      `gateways/${gateway.name} has the version "${gateway.version}", which can't be used as a folder name`,
      'use only letters, digits, ".", "_", "+" and "-"',
    );
  }
  return join(root, gateway.name, gateway.version);
}

/** Read the receipt of a complete installation of the wanted version, made from the manifest as it is now. */
export async function findInstallation(root: string, gateway: InstallSubject): Promise<ReceiptResult> {
  const folder = installFolder(root, gateway);
  let receipt: InstallReceipt | null;
  try {
    receipt = readReceipt(folder);
  } catch (error) {
    if (error instanceof ExpectedError) return invalid(error.message);
    throw error;
  }
  if (receipt === null) return invalid(`${gateway.name} ${gateway.version} is not installed`);
  if (receipt.gateway !== gateway.name || !sameVersion(receipt.reportedVersion, gateway.version)) {
    return invalid(`${folder} holds ${receipt.gateway} ${receipt.reportedVersion}`);
  }
  if (receipt.recipeSha256 !== (await hashRecipe(gateway))) {
    return invalid(`${gateway.name}'s manifest has changed since it was installed`);
  }
  const reason = await findEntryProblem(receipt, gateway);
  return reason === undefined ? { valid: true, receipt, folder } : invalid(reason);
}

/** Read why the last attempt failed; null where none did, it is no longer known, or the manifest has changed since. */
export async function readFailure(root: string, gateway: InstallSubject): Promise<InstallFailure | null> {
  const failure = readInstallFailure(installFolder(root, gateway));
  if (failure?.recipeSha256 === undefined) return failure;
  return failure.recipeSha256 === (await hashRecipe(gateway)) ? failure : null;
}

/**
 * Hash all that an installation depends on: the version, the install methods with their files, and the version probe.
 * @returns sha256 in lower-case hex; one that differs from the receipt's means install again
 * @throws ExpectedError where a method's file is missing
 */
export async function hashRecipe(gateway: InstallSubject): Promise<string> {
  const { version, install, versionProbe, afterInstall = [], services = {} } = gateway;
  // Hashed under the key that the first receipts used, so that what they installed is still found.
  const methods = install.map(({ method, ...rest }) => ({ way: method, ...rest }));
  const recipes = Object.entries(services).map(([name, service]) => [name, service.install, service.version]);
  const recipe = {
    version,
    install: methods,
    versionProbe,
    // Left out where there are none, so that older receipts of such gateways stay valid.
    ...(afterInstall.length > 0 ? { afterInstall } : {}),
    ...(recipes.length > 0 ? { services: recipes } : {}),
  };
  const parts = [Buffer.from(JSON.stringify(recipe))];
  const named = [...install, ...Object.values(services).flatMap((service) => service.install)];
  for (const { name } of named.flatMap(recipeFiles)) {
    const bytes = await readFile(join(gateway.folder, name)).catch(() => {
      throw new ExpectedError(
        `gateways/${gateway.name} has no file ${name}, but its manifest names it`,
        'add the file, or correct the manifest',
      );
    });
    parts.push(Buffer.from(`\n${name} ${bytes.length}\n`), bytes);
  }
  return sha256(Buffer.concat(parts));
}

/** Files beside the manifest that a method reads, each with the field that names it. */
export function recipeFiles(method: InstallMethod): { field: string[]; name: string }[] {
  switch (method.method) {
    case 'npm':
      return ['package.json', 'package-lock.json'].map((file) => ({
        field: ['project'],
        name: `${method.project}/${file}`,
      }));
    case 'pip':
      return [{ field: ['lock'], name: method.lock }];
    case 'go':
      return Object.entries(method.overlay).map(([to, name]) => ({ field: ['overlay', to], name }));
    case 'cargo':
    case 'download':
    case 'deb-unpack':
    case 'apt':
    case 'existing':
      return [];
    default:
      return method satisfies never;
  }
}

async function findEntryProblem(receipt: InstallReceipt, gateway: InstallSubject): Promise<string | undefined> {
  const problem = await findProgramProblem(receipt, gateway.install);
  if (problem !== undefined) return problem;
  for (const [name, { title, install }] of Object.entries(gateway.services ?? {})) {
    const service = Object.hasOwn(receipt.services, name) ? receipt.services[name] : undefined;
    if (service === undefined) return `${title}, which runs beside it, is not installed`;
    const serviceProblem = await findProgramProblem(service, install);
    if (serviceProblem !== undefined) return `${title}, which runs beside it: ${serviceProblem}`;
  }
  return (await findUnmetRequirement(gateway.requires ?? {}))?.reason;
}

async function findProgramProblem(
  { entry, method, pinnedBy }: Pick<InstallReceipt, 'entry' | 'method' | 'pinnedBy'>,
  methods: InstallMethod[],
): Promise<string | undefined> {
  const found = await stat(entry).catch(() => null);
  if (found === null) return `${entry} is gone`;
  if (!found.isFile()) return `${entry} is not a program`;
  const requested = findRequestedMethod(methods);
  if (requested !== undefined && namedProgram(requested) !== entry) {
    return `${requested.variable} names a program other than the installed one`;
  }
  const replaced = method === 'existing' && pinnedBy !== (await hashOwnFile(entry));
  return replaced ? `${entry} has changed since its version was read` : undefined;
}

function invalid(reason: string): ReceiptResult {
  return { valid: false, reason };
}
