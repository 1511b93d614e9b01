import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { FormatError } from '../profiles/format-error.js';

/**
 * Parses what a profiler wrote, and adds the file's name to errors, which the pure parsers don't know.
 * @param file is kept
 * @throws ExpectedError if the output can't be parsed
 */
export function readCaptured<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new ExpectedError(`${basename(file)} can't be read: ${messageOf(error)}`, `see ${file}`, undefined, {
      cause: error,
    });
  }
}

/** Gunzips what a profiler wrote. @throws ExpectedError if it is truncated */
export function gunzipped(file: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new ExpectedError(`${basename(file)} is truncated: ${messageOf(error)}`, `see ${file}`);
  }
}
