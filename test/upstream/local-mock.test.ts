import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { realtimeProblem } from '../../src/lib/realtime.js';
import { temporaryFolder } from '../../src/lib/temporary-folder.js';
import { MockProcessDriver } from '../../src/upstream/local-mock.js';
import { freePort } from '../support/free-port.js';

const problem = await realtimeProblem();
if (problem !== null) process.stderr.write(`\nSKIPPED on this machine: real-time priority: ${problem}\n`);

/** Of every thread of every process of the mock. */
async function policiesOfMock(realtime: boolean): Promise<Set<string>> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const mock = await new MockProcessDriver().start(
    {
      port,
      latency: '5ms',
      streamChunkDelayMs: 0,
      processes: 2,
      seed: 1,
      realtime,
      logFile: join(folder.path, 'mock.log'),
    },
    new AbortController().signal,
  );
  try {
    expect(mock.pids().length).toBe(3);
    const policies = mock
      .pids()
      .flatMap((pid) => [
        ...execFileSync('chrt', ['-a', '-p', String(pid)], { encoding: 'utf8' }).matchAll(/SCHED_\w+/g),
      ]);
    return new Set(policies.map(([policy]) => policy));
  } finally {
    await mock.stop();
    await folder.remove();
  }
}

describe.skipIf(problem !== null)('the mock upstream on this machine', () => {
  it('has real-time priority in all its threads where that is wanted, and nowhere else', async () => {
    expect(await policiesOfMock(true)).toEqual(new Set(['SCHED_RR']));
    expect(await policiesOfMock(false)).toEqual(new Set(['SCHED_OTHER']));
  });
});
