import { describe, expect, it } from 'vitest';
import { parseJobStatus } from '../../src/remote/job-status.js';

describe('the status of a job', () => {
  it.each([
    ['state=none\ncode=\nlogBytes=0\nfreeKib=1000\n', { state: { kind: 'none' }, logBytes: 0, freeBytes: 1_024_000 }],
    ['state=running\ncode=\nlogBytes=12\nfreeKib=0\n', { state: { kind: 'running' }, logBytes: 12, freeBytes: 0 }],
    [
      'state=exited\ncode=1\nlogBytes=7\nfreeKib=\n',
      { state: { kind: 'exited', code: 1 }, logBytes: 7, freeBytes: null },
    ],
    ['state=lost\ncode=\nlogBytes= 7\n', { state: { kind: 'lost' }, logBytes: 7, freeBytes: null }],
  ])('%j', (text, status) => {
    expect(parseJobStatus(text)).toEqual(status);
  });

  it('does not guess', () => {
    expect(() => parseJobStatus('state=exited\ncode=\n')).toThrow(/exited/);
    expect(() => parseJobStatus('Welcome to Debian\n')).toThrow(/there is not/);
  });
});
