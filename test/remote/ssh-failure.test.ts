import { describe, expect, it } from 'vitest';
import { lastLine, sshFailureOf } from '../../src/remote/ssh-failure.js';

describe('why ssh failed', () => {
  it.each([
    [
      'host-key',
      '@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@\nHost key verification failed.',
    ],
    ['host-key', 'No ED25519 host key is known for gatebench-bench-all and you have requested strict checking.'],
    ['denied', 'me@192.0.2.7: Permission denied (publickey).'],
    ['denied', 'Received disconnect from 192.0.2.7 port 22:2: Too many authentication failures'],
    ['unreachable', 'ssh: connect to host 192.0.2.7 port 22: Connection refused'],
    ['unreachable', 'Timeout, server 192.0.2.7 not responding.'],
    ['unreachable', 'ssh: Could not resolve hostname nowhere.invalid: Name or service not known'],
    ['unreachable', ''],
  ] as const)('%s: %j', (failure, stderr) => {
    expect(sshFailureOf(stderr)).toBe(failure);
  });

  it('quotes what was said last, not the decoration', () => {
    expect(
      lastLine(
        "Warning: Permanently added 'x' (ED25519) to the list of known hosts.\r\nno such file\r\n@@@\ntar: Exiting with failure status due to previous errors\n",
      ),
    ).toBe('no such file');
    expect(lastLine('\n')).toBe('it gave no reason');
  });
});
