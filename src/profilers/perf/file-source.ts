import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { ByteSource } from '../../profiles/symbols/elf/byte-reader.js';

/**
 * A file that is read at a few places. It is opened for each read and not held open, so that there is nothing to
 * close; the reader asks for 64 KiB at a time.
 * @throws Error of node:fs where there is no such file
 */
export function fileSource(path: string): ByteSource {
  return {
    size: statSync(path).size,
    read(offset, length) {
      const file = openSync(path, 'r');
      try {
        const bytes = new Uint8Array(length);
        return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
      } finally {
        closeSync(file);
      }
    },
  };
}
