import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { FormatError } from '../profiles/formats/format-error.js';

/**
 * Parse what a profiler wrote. The parsers are pure and know no file, so that what they find wrong is told here.
 * @param file what was read, which is kept
 * @throws ExpectedError where the output is not what the profiler is known to write
 */
export function readCaptured<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new ExpectedError(
      `${basename(file)} can't be read: ${messageOf(error)}`,
      `see ${file}, which is kept`,
      undefined,
      { cause: error },
    );
  }
}

/** What a Go program sent, unpacked. @throws ExpectedError where it broke off */
export function gunzipped(file: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new ExpectedError(`${basename(file)} is not whole: ${messageOf(error)}`, `see ${file}, which is kept`);
  }
}
