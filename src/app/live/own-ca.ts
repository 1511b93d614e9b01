import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { trustVariables } from '../../gateway/template-variables.js';
import { messageOf, UsageError } from '../../lib/errors.js';

/** Certificates that are trusted besides the usual ones. */
export interface OwnCa {
  /** Absolute. */
  path: string;
  /** Each in PEM. */
  certificates: string[];
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** @throws UsageError for a file that can't be read, or has anything but certificates in PEM */
export async function readOwnCa(file: string): Promise<OwnCa> {
  const path = resolve(file);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--ca ${file} can't be read: ${messageOf(error)}`, 'name a file of certificates in PEM');
  }
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    throw new UsageError(`--ca ${file} has no certificate`, 'name a file of certificates in PEM');
  }
  for (const certificate of certificates) {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      throw new UsageError(
        `--ca ${file} has a certificate that can't be read: ${messageOf(error)}`,
        'copy the file again: openssl x509 -in FILE -noout -text shows what is in it',
      );
    }
  }
  return { path, certificates };
}

/** The variables by which programs find certificates. */
export function caEnvironment(ca: OwnCa | null): Record<string, string> {
  return ca === null ? {} : trustVariables({ caFile: ca.path });
}
