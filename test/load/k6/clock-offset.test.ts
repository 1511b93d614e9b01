import { describe, expect, it } from 'vitest';
import { clockOffset } from '../../../src/load/k6/clock-offset.js';
import { localShell } from '../../support/local-shell.js';

describe('clockOffset', () => {
  it('of this machine itself is nothing, within its own bound', async () => {
    const { offsetMs, uncertaintyMs } = await clockOffset(localShell('here'));
    expect(uncertaintyMs).toBeGreaterThan(0);
    expect(Math.abs(offsetMs)).toBeLessThanOrEqual(uncertaintyMs);
  });

  it('of a clock that is ahead of ours is how far', async () => {
    const { offsetMs, uncertaintyMs } = await clockOffset(localShell('here'), () => Date.now() - 5_000);
    expect(Math.abs(offsetMs - 5_000)).toBeLessThanOrEqual(uncertaintyMs);
  });

  it('says which host’s clock can’t be read, and why', async () => {
    const busybox = localShell('me@old', { replace: { 'date +%s%N': 'echo 1700000000%N' } });
    await expect(clockOffset(busybox)).rejects.toThrow(
      /clock of me@old can't be read: date \+%s%N says "1700000000%N"/,
    );
    const gone = localShell('me@gone', { replace: { 'while read': 'echo no route >&2; exit 255; while read' } });
    await expect(clockOffset(gone)).rejects.toThrow(/clock of me@gone can't be read: no route/);
  });
});
