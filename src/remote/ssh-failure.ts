import { ExpectedError } from '../lib/errors.js';

/** Why ssh itself failed, as far as it says. */
export type SshFailure = 'host-key' | 'denied' | 'unreachable';

/** The connection failed, not what ran over it. */
export class ConnectionError extends ExpectedError {
  override readonly name = 'ConnectionError';

  constructor(
    readonly failure: SshFailure,
    message: string,
    hint: string,
  ) {
    super(message, hint);
  }
}

/**
 * What ssh's messages mean. OpenSSH isn't translated, so its wording can be relied on.
 * @param stderr all of it
 */
export function sshFailureOf(stderr: string): SshFailure {
  if (/HOST IDENTIFICATION HAS CHANGED|Host key verification failed|host key is known for/i.test(stderr)) {
    return 'host-key';
  }
  if (/Permission denied|Too many authentication failures/i.test(stderr)) return 'denied';
  return 'unreachable';
}

/** Lines around the one that says why. */
const NOISE = [/^Warning: Permanently added/, /^@+$/, /^tar: (Exiting with|Error is not recoverable)/];

/** The last line of a command's stderr that says something. */
export function lastLine(stderr: string, otherwise = 'it gave no reason'): string {
  const lines = stderr
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !NOISE.some((noise) => noise.test(line)));
  return lines.at(-1) ?? otherwise;
}

/** What to do where a disk of the host is full; undefined where something else is the matter. */
export function fullDiskHint(stderr: string): string | undefined {
  return /No space left|quota/i.test(stderr) ? 'free some space there, or give another --remote-dir' : undefined;
}
