import { readFileSync } from 'node:fs';

/** Bytes after `read_bytes:` in the text of `/proc/PID/io`, see proc_pid_io(5); null where there are none. */
export function parseReadBytes(text: string): number | null {
  const bytes = /^read_bytes: (\d+)$/m.exec(text)?.[1];
  return bytes === undefined ? null : Number(bytes);
}

/**
 * What processes have read from storage, pages that they mapped included, and not from memory. Children that have ended are not
 * in it. Null where none of them can be read.
 */
export function diskReadBytes(pids: readonly number[]): number | null {
  const known = pids.flatMap((pid) => readBytesOf(pid) ?? []);
  return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
}

function readBytesOf(pid: number): number | null {
  try {
    return parseReadBytes(readFileSync(`/proc/${pid}/io`, 'latin1'));
  } catch {
    // Gone, or not ours to look into.
    return null;
  }
}
