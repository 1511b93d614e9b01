import { open, rename, rm } from 'node:fs/promises';
import { errorCode, messageOf, StorageError } from '../lib/errors.js';

/**
 * Write a file so that it is there whole or not at all, even when the machine goes down: a temporary file beside it,
 * flushed, then renamed over it.
 * @param content a large text may come in parts
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array | Iterable<string>): Promise<void> {
  const temporary = temporaryOf(path);
  try {
    const file = await open(temporary, 'w');
    try {
      const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
      // Each one is written after the last.
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw storageError(path, error);
  }
}

function temporaryOf(path: string): string {
  return `${path}.tmp`;
}

/** What a failed write means to a user. Every verb writes: the hints name no option. */
export function storageError(path: string, error: unknown): StorageError {
  const code = errorCode(error);
  const cause = { cause: error };
  // The temporary file is nobody's concern.
  const reason = messageOf(error).replaceAll(temporaryOf(path), path);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StorageError(
      `no space left to write ${path}`,
      'free some space there, or choose another folder; what was finished before is intact',
      undefined,
      cause,
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new StorageError(
      `${path} is not writable: ${reason}`,
      'change its permissions, or choose another place',
      undefined,
      cause,
    );
  }
  return new StorageError(`${path} can't be written: ${reason}`, 'check the path', undefined, cause);
}
