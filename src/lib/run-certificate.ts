import { KeyObject, webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

/** What a run's gateways and its mock are secured with: a CA of its own, and one certificate for this machine's loopback. */
export interface RunCertificate {
  /** The CA, in PEM. */
  ca: string;
  /** The same as a file, for programs that are told whom to trust. */
  caFile: string;
  certFile: string;
  keyFile: string;
}

/** As TLS 1.3 servers mostly have today, and cheap to sign with. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
/** A clock that is set back in the meantime doesn't void it. */
const VALID_BEFORE_MS = 3_600_000;
/** A run of many repeats takes days. */
const VALID_FOR_MS = 60 * 86_400_000;
/** HAProxy looks for a certificate's key under this name. */
const KEY_FILE = 'cert.pem.key';
/** Only its owner reads a key. */
const KEY_MODE = 0o600;

/**
 * Make a CA and a certificate for 127.0.0.1 and localhost, in a temporary folder that only this user may enter. The CA's
 * key is kept nowhere.
 */
export async function makeRunCertificate(): Promise<{ certificate: RunCertificate; remove(): Promise<void> }> {
  const folder = await temporaryFolder();
  try {
    const { ca, cert, key } = await issue(Date.now());
    const [caFile, certFile, keyFile] = ['ca.pem', 'cert.pem', KEY_FILE].map((name) => join(folder.path, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(caFile, ca);
    await writeFile(certFile, cert);
    await writeFile(keyFile, key, { mode: KEY_MODE });
    return { certificate: { ca, caFile, certFile, keyFile }, remove: folder.remove };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** Only a run over TLS loads the library. Key identifiers are there because Python 3.13 refuses certificates without them. */
async function issue(nowMs: number): Promise<{ ca: string; cert: string; key: string }> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const validity = { notBefore: new Date(nowMs - VALID_BEFORE_MS), notAfter: new Date(nowMs + VALID_FOR_MS) };
  const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const [caKeys, keys] = [await newKeys(), await newKeys()];
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=gatebench, the CA of one run',
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const cert = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=localhost',
    issuer: ca.subjectName,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ca: `${ca.toString('pem')}\n`, cert: `${cert.toString('pem')}\n`, key };
}
