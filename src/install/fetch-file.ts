import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { outboundFetch } from '../lib/outbound-fetch.js';
import { type InstallContext, throwIfInterrupted } from './installer.js';

const TIMEOUT_MS = 600_000;

/**
 * Download a file, and keep it only if it has the expected checksum.
 * @param sha256 lower-case hex; undefined skips the check, for files that something else verifies
 * @throws ExpectedError for a response other than 2xx, another checksum, or a transfer that breaks off
 */
export async function fetchFile(
  url: string,
  sha256: string | undefined,
  to: string,
  context: Pick<InstallContext, 'log' | 'signal'>,
): Promise<void> {
  context.log(`download ${url}`);
  const hash = createHash('sha256');
  try {
    const { body } = await outboundFetch(url, { signal: context.signal, timeoutMs: TIMEOUT_MS });
    const hashing = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(body === null ? Readable.from([]) : Readable.fromWeb(body), hashing, createWriteStream(to));
  } catch (error) {
    await rm(to, { force: true });
    throwIfInterrupted(context.signal);
    if (error instanceof ExpectedError) throw error;
    throw new ExpectedError(`the download of ${url} broke off: ${messageOf(error)}`, 'try again');
  }
  const found = hash.digest('hex');
  if (sha256 !== undefined && found !== sha256) {
    await rm(to);
    throw wrongChecksum(url, found, sha256);
  }
}

/** The sha256 of a file, in lower-case hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** @throws ExpectedError where a file has another checksum */
export async function checkSha256(path: string, expected: string): Promise<void> {
  const found = await sha256OfFile(path);
  if (found !== expected) throw wrongChecksum(path, found, expected);
}

function wrongChecksum(file: string, found: string, expected: string): ExpectedError {
  return new ExpectedError(
    `${file} has sha256 ${found}, not ${expected}`,
    'do not use that file: it is not the pinned one',
  );
}
