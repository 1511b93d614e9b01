import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import { parseJson } from '../lib/json-value.js';
import { NEWER_HINT, newerDocument } from '../lib/schema-version.js';
import { InstallFailure, InstallReceipt } from '../model/install-method.js';
import { writeFileAtomic } from './atomic-file.js';
import { toJson } from './json-file.js';
import { migrateInstallFailure, migrateReceipt } from './migrate.js';

const RECEIPT_FILE = 'install.json';
const FAILURE_FILE = 'failed.json';

/**
 * The receipt of what is installed in a folder of `.gateways` or `.tools`; null without one.
 * @throws ExpectedError if it is damaged
 */
export function readReceipt(folder: string): InstallReceipt | null {
  const path = join(folder, RECEIPT_FILE);
  const text = readText(path);
  if (text === null) return null;
  const document = parseJson(text);
  const newer = newerDocument(document, InstallReceipt, `the receipt ${path}`);
  if (newer !== null) throw new ExpectedError(newer, NEWER_HINT);
  const parsed = InstallReceipt.safeParse(migrateReceipt(document));
  if (!parsed.success) throw new ExpectedError(`${path} is not a receipt`);
  return parsed.data;
}

/** Where a service of a gateway is installed. @param folder of the gateway's installation */
export function serviceInstallFolder(folder: string, name: string): string {
  return join(folder, 'services', name);
}

/**
 * Environment for a program of Debian packages that were only unpacked: it looks for its libraries in the system, where
 * they may be missing. Empty where there are none.
 * @param folder that the packages were unpacked into
 */
export function unpackedLibraries(folder: string): Record<string, string> {
  const lib = join(folder, 'usr', 'lib');
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

/** Written last: an installation with a receipt is whole. */
export function writeReceipt(folder: string, receipt: InstallReceipt): Promise<void> {
  return writeFileAtomic(join(folder, RECEIPT_FILE), toJson(receipt));
}

/** Why the last installation failed; null if it didn't, or if the file can't be read. */
export function readInstallFailure(folder: string): InstallFailure | null {
  const text = readText(join(folder, FAILURE_FILE));
  const parsed = InstallFailure.safeParse(migrateInstallFailure(parseJson(text ?? '')));
  return parsed.success ? parsed.data : null;
}

export function writeInstallFailure(folder: string, failure: InstallFailure): Promise<void> {
  return writeFileAtomic(join(folder, FAILURE_FILE), toJson(failure));
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
