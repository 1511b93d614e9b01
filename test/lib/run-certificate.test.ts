import { X509Certificate } from 'node:crypto';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { makeRunCertificate } from '../../src/lib/run-certificate.js';

it('signs a certificate for this machine with a CA of its own, and leaves nothing behind', async () => {
  const { certificate, remove } = await makeRunCertificate();
  const { ca, caFile, certFile, keyFile } = certificate;
  try {
    const [root, leaf] = [new X509Certificate(ca), new X509Certificate(await readFile(certFile))];
    expect(await readFile(caFile, 'utf8')).toBe(ca);
    expect([root.ca, leaf.ca, leaf.verify(root.publicKey), leaf.checkIssued(root)]).toEqual([true, false, true, true]);
    expect([leaf.checkHost('localhost'), leaf.checkIP('127.0.0.1')]).toEqual(['localhost', '127.0.0.1']);
    expect(leaf.checkHost('example.com')).toBeUndefined();
    expect(leaf.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(Date.parse(leaf.validFrom)).toBeLessThan(Date.now());
    expect([(await stat(keyFile)).mode & 0o777, (await stat(dirname(keyFile))).mode & 0o777]).toEqual([0o600, 0o700]);
  } finally {
    await remove();
  }
  await expect(access(dirname(keyFile))).rejects.toThrow('ENOENT');
});

it('is another one each time', async () => {
  const [one, two] = [await makeRunCertificate(), await makeRunCertificate()];
  await Promise.all([one.remove(), two.remove()]);
  expect(one.certificate.ca).not.toBe(two.certificate.ca);
});
