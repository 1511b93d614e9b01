import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, UsageError } from '../lib/errors.js';
import type { InstallFailure, InstallReceipt } from '../model/install-method.js';
import type { InstallSubject } from '../model/install-subject.js';
import { readInstallFailure, readReceipt } from '../store/installs.js';
import { askedFor, namedProgram, ownFilePin } from './existing.js';
import { recipeSha256 } from './recipe.js';
import { sameVersion } from './version-probe.js';

/** What is installed, or why that can't be used. */
export type ReceiptFound = { valid: true; receipt: InstallReceipt; folder: string } | { valid: false; reason: string };

/**
 * Where a gateway's version is installed; variants of one version share it.
 * @param root the folder `.gateways`, absolute
 */
export function installFolder(root: string, gateway: Pick<InstallSubject, 'name' | 'version'>): string {
  // The version becomes a folder that is emptied before an installation.
  if (!/^[0-9A-Za-z][0-9A-Za-z._+-]*$/.test(gateway.version)) {
    throw new UsageError(
      `gateways/${gateway.name} has the version "${gateway.version}", which can't be a folder's name`,
      'use letters, digits, ".", "_", "+" and "-" only',
    );
  }
  return join(root, gateway.name, gateway.version);
}

/** The receipt of an installation that is whole, of the wanted version, and made by the manifest as it is now. */
export async function installedReceipt(root: string, gateway: InstallSubject): Promise<ReceiptFound> {
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
  if (receipt.recipeSha256 !== (await recipeSha256(gateway))) {
    return invalid(`the manifest of ${gateway.name} has changed since it was installed`);
  }
  const reason = await entryProblem(receipt, gateway);
  return reason === undefined ? { valid: true, receipt, folder } : invalid(reason);
}

/** Why the last try came to nothing; null where there was none, or it is not known any more. */
export async function lastFailure(root: string, gateway: InstallSubject): Promise<InstallFailure | null> {
  return readInstallFailure(installFolder(root, gateway));
}

async function entryProblem(receipt: InstallReceipt, gateway: InstallSubject): Promise<string | undefined> {
  const present = await access(receipt.entry).then(
    () => true,
    () => false,
  );
  if (!present) return `${receipt.entry} is gone`;
  const asked = askedFor(gateway.install);
  if (asked !== undefined && namedProgram(asked) !== receipt.entry) {
    return `${asked.variable} names another program than the one installed`;
  }
  const replaced = receipt.method === 'existing' && receipt.pinnedBy !== (await ownFilePin(receipt.entry));
  return replaced ? `${receipt.entry} has changed since its version was read` : undefined;
}

function invalid(reason: string): ReceiptFound {
  return { valid: false, reason };
}
