import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { realtimeCommand, realtimeProblem } from '../../src/lib/realtime.js';
import { temporaryFolder } from '../../src/lib/temporary-folder.js';

const problem = await realtimeProblem();
if (problem !== null) process.stderr.write(`\nSKIPPED on this machine: real-time priority: ${problem}\n`);

afterEach(() => vi.unstubAllEnvs());

describe('real-time priority', () => {
  it.skipIf(problem !== null)('is that of a program and of all it starts', () => {
    const { command, args } = realtimeCommand(true, {
      command: 'sh',
      args: ['-c', 'chrt -p $$; sh -c "chrt -p \\$\\$"'],
    });
    const policies = execFileSync(command, args, { encoding: 'utf8' }).match(/SCHED_\w+/g);
    expect(policies).toEqual(['SCHED_RR', 'SCHED_RR']);
  });

  it('changes no command without it', () => {
    expect(realtimeCommand(false, { command: 'nginx', args: ['-v'] })).toEqual({ command: 'nginx', args: ['-v'] });
  });

  it('is told apart from what the system refuses, and from a system without chrt', async () => {
    const folder = await temporaryFolder();
    vi.stubEnv('PATH', folder.path);
    expect(await realtimeProblem()).toBe('chrt (util-linux) is not installed');
    const chrt = join(folder.path, 'chrt');
    await writeFile(
      chrt,
      '#!/bin/sh\necho "chrt: failed to set pid 0\'s policy: Operation not permitted" >&2\nexit 1\n',
    );
    await chmod(chrt, 0o755);
    expect(await realtimeProblem()).toBe(
      "the system refuses it: chrt: failed to set pid 0's policy: Operation not permitted",
    );
    await folder.remove();
  });
});
