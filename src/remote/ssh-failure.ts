/** Why ssh itself failed, as far as it told. */
export type SshFailure = 'host-key' | 'denied' | 'unreachable';

/** ssh's own exit code for a connection that failed; a remote command's code is passed through. */
export const SSH_FAILED = 255;

/**
 * What ssh's messages mean. OpenSSH isn't translated, so that its words can be relied on.
 * @param stderr all it wrote there
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

/** The last line that says something. */
export function lastWords(stderr: string): string {
  const lines = stderr
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !NOISE.some((noise) => noise.test(line)));
  return lines.at(-1) ?? 'it gave no reason';
}
