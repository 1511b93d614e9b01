import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ExpectedError } from '../lib/errors.js';

/** The sha256 of a file, in lower-case hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** @throws ExpectedError where a file is not the pinned one */
export async function checkSha256(path: string, expected: string): Promise<void> {
  const found = await sha256OfFile(path);
  if (found !== expected) throw wrongChecksum(path, found, expected);
}

/** @param what the file or address that isn't what it should be */
export function wrongChecksum(what: string, found: string, expected: string): ExpectedError {
  return new ExpectedError(
    `${what} has sha256 ${found}, not ${expected}`,
    'do not use that file: it is not the one that was pinned',
  );
}
