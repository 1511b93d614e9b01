import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import type { InstallMethod } from '../model/install-method.js';
import type { InstallSubject } from '../model/install-subject.js';

/**
 * A hash of all that an installation depends on: the version, the ways, the probe, and the files that the ways name.
 * @returns sha256 in lower-case hex; another one than the receipt's means install again
 * @throws ExpectedError where a file that a way names is missing
 */
export async function recipeSha256(gateway: InstallSubject): Promise<string> {
  const { version, install, versionProbe } = gateway;
  // Hashed under the key that the first receipts used, so that what they installed is still found.
  const methods = install.map(({ method, ...rest }) => ({ way: method, ...rest }));
  const hash = createHash('sha256').update(JSON.stringify({ version, install: methods, versionProbe }));
  for (const name of install.flatMap(filesOf)) {
    const bytes = await readFile(join(gateway.folder, name)).catch(() => {
      throw new ExpectedError(
        `gateways/${gateway.name} has no file ${name}, which its manifest names`,
        'add the file, or correct the manifest',
      );
    });
    hash.update(`\n${name} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** The files beside the manifest that a way reads. */
function filesOf(method: InstallMethod): string[] {
  switch (method.method) {
    case 'npm':
      return [`${method.project}/package.json`, `${method.project}/package-lock.json`];
    case 'pip':
      return [method.lock];
    case 'go':
      return Object.values(method.overlay);
    case 'download':
    case 'deb-unpack':
    case 'apt':
    case 'existing':
      return [];
    default:
      return method satisfies never;
  }
}
