import { access, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../lib/errors.js';
import { InstallFailure, InstallReceipt } from '../model/install-method.js';
import type { InstallSubject } from '../model/install-subject.js';
import { askedFor, namedProgram, ownFilePin } from './existing.js';
import { recipeSha256 } from './recipe.js';
import { sameVersion } from './version-probe.js';

const FILE = 'install.json';
const FAILURE_FILE = 'failed.json';

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
  const text = await readFile(join(folder, FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return invalid(`${gateway.name} ${gateway.version} is not installed`);
  const parsed = InstallReceipt.safeParse(parseJson(text));
  if (!parsed.success) return invalid(`${join(folder, FILE)} is not a receipt`);
  const receipt = parsed.data;
  if (receipt.gateway !== gateway.name || !sameVersion(receipt.reportedVersion, gateway.version)) {
    return invalid(`${folder} holds ${receipt.gateway} ${receipt.reportedVersion}`);
  }
  if (receipt.recipeSha256 !== (await recipeSha256(gateway))) {
    return invalid(`the manifest of ${gateway.name} has changed since it was installed`);
  }
  const reason = await entryProblem(receipt, gateway);
  return reason === undefined ? { valid: true, receipt, folder } : invalid(reason);
}

/** A receipt is there in full or not at all. */
export function writeReceipt(folder: string, receipt: InstallReceipt): Promise<void> {
  return writeWhole(join(folder, FILE), receipt);
}

export function writeFailure(folder: string, failure: InstallFailure): Promise<void> {
  return writeWhole(join(folder, FAILURE_FILE), failure);
}

/** Why the last try came to nothing; null where there was none, or it is not known any more. */
export async function lastFailure(root: string, gateway: InstallSubject): Promise<InstallFailure | null> {
  const path = join(installFolder(root, gateway), FAILURE_FILE);
  const parsed = InstallFailure.safeParse(parseJson(await readFile(path, 'utf8').catch(() => '')));
  return parsed.success ? parsed.data : null;
}

async function writeWhole(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.partial`;
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`);
  await rename(temporary, path);
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
