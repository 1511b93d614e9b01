import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../../../src/lib/sleep.js';
import { k6HostsEngine } from '../../../src/load/k6/hosts-engine.js';
import { LoadResult } from '../../../src/model/load.js';
import type { RemoteShell } from '../../../src/remote/remote-shell.js';
import { findToolProgram } from '../../../src/store/tool-program.js';
import { localShell } from '../../support/local-shell.js';
import { countingServer, good, start } from '../external/tool-load.js';

const k6 = findToolProgram({ name: 'k6', versionArgs: ['version'], versionPattern: /v(\d+\.\d+\.\d+)/ });
if (k6 === null) {
  process.stderr.write('\nSKIPPED on this machine: loads by several k6: k6 is not installed (gatebench setup k6)\n');
}

function engineOn(shells: RemoteShell[], program = k6?.path ?? 'k6') {
  return k6HostsEngine({ shells, program, gatewayAddress: '127.0.0.1' });
}

/** Every k6 that one of our loads started. */
function k6Pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [program] = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
        return program === k6?.path && readFileSync(`/proc/${pid}/environ`, 'latin1').includes('GATEBENCH_PROCESS=');
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe('the hosts of a load by several k6', () => {
  it('have to have k6, all of them the same', async () => {
    const lacking = engineOn([localShell('me@a')], '/nowhere/k6');
    expect(await lacking.unavailable()).toMatchObject({
      reason: expect.stringMatching(/^me@a has no k6: .*\/nowhere\/k6/),
    });
    const says = (version: string) =>
      localShell(`me@${version}`, { replace: { k6: 'echo', version: `k6 v${version} (go1)` } });
    expect(await engineOn([says('1.8.1'), says('1.8.1')], 'k6').unavailable()).toBeNull();
    const renamed = localShell('me@c', { replace: { k6: 'echo', version: 'k6-1.8.1-8f8c49810a90 v1.8.1 (go1)' } });
    expect(await engineOn([says('1.8.1'), renamed], 'k6').unavailable()).toBeNull();
    expect(await engineOn([says('1.8.1'), says('1.7.0')], 'k6').unavailable()).toMatchObject({
      reason: 'the hosts have different versions of k6: 1.8.1 on me@1.8.1, 1.7.0 on me@1.7.0',
    });
  });

  it('can’t be more than VUs', async () => {
    const run = await start(engineOn([localShell('a'), localShell('b')]), { origin: 'http://127.0.0.1:1', vus: 1 });
    await expect(run.done).rejects.toThrow(/1 VUs can't be shared by 2 hosts/);
  });
});

describe('the clock of a host', () => {
  it('has to be known well', async () => {
    const far = localShell('me@far', { replace: { 'date +%s%N': 'sleep 0.12; date +%s%N' } });
    const run = await start(engineOn([localShell('a'), far]), { origin: 'http://127.0.0.1:1' });
    await expect(run.done).rejects.toThrow(
      /clock of me@far is known to \d+ ms only, and hosts have to begin within 50 ms/,
    );
  });
});

describe.skipIf(k6 === null)('a load by several k6', () => {
  it('shares the VUs, and accounts for every request of the window', async () => {
    const server = await countingServer((response) => good(response, 20));
    const beforeMs = Date.now();
    const run = await start(engineOn([localShell('a'), localShell('b')]), {
      origin: server.origin,
      vus: 5,
      durationS: 2,
    });
    // An epoch in milliseconds, of a moment after the start.
    const windowAtMs = await run.windowStarted;
    expect(windowAtMs).toBeGreaterThan(beforeMs);
    expect(windowAtMs).toBeLessThan(beforeMs + 600_000);
    const result = LoadResult.parse(await run.done);
    const { requests, hosts = [], latencyUs } = result;
    expect(hosts.map(({ host, vus }) => [host, vus]).sort()).toEqual([
      ['a', expect.any(Number)],
      ['b', expect.any(Number)],
    ]);
    expect(hosts.reduce((sum, { vus }) => sum + vus, 0)).toBe(5);
    expect(requests.failed).toEqual({});
    expect(requests.sent).toBe(requests.ok + (requests.inFlightAtEnd ?? 0));
    expect(requests.inFlightAtEnd).toBeLessThanOrEqual(5);
    expect(hosts.reduce((sum, { ok }) => sum + ok, 0)).toBe(requests.ok);
    expect(latencyUs?.count).toBe(requests.ok);
    expect(latencyUs?.min).toBeGreaterThanOrEqual(18_000);
    expect(requests.ok).toBeGreaterThan(20);
    expect(run.pids()).toEqual([]);
    for (const { cpus, cpuPercentMean, hostBusyShare, absent } of hosts) {
      expect(absent).toEqual({});
      expect(cpus).toBe(availableParallelism());
      expect(cpuPercentMean).toBeGreaterThan(0);
      expect(hostBusyShare).toBeGreaterThan(0);
    }
  });

  it('ends everywhere when one host’s k6 dies in mid-run, and says which', async () => {
    const server = await countingServer((response) => good(response, 20));
    const run = await start(engineOn([localShell('a'), localShell('b')]), { origin: server.origin, durationS: 30 });
    await run.windowStarted;
    const [first = 0] = k6Pids();
    process.kill(first, 'SIGKILL');
    await expect(run.done).rejects.toThrow(/the connection to [ab] broke in mid-run, or its k6 was killed/);
    expect(await waitUntil(() => k6Pids().length === 0, 20_000)).toBe(true);
  });

  it('leaves nothing running when it is stopped', async () => {
    const server = await countingServer((response) => good(response, 20));
    const run = await start(engineOn([localShell('a'), localShell('b')]), { origin: server.origin, durationS: 30 });
    await waitUntil(() => k6Pids().length === 2, 20_000);
    await run.kill();
    await expect(run.done).rejects.toThrow(/ended before its window did/);
    expect(await waitUntil(() => k6Pids().length === 0, 20_000)).toBe(true);
  });

  it('says which host finds nobody, before it begins', async () => {
    const run = await start(engineOn([localShell('me@a')]), { origin: 'http://127.0.0.1:1' });
    await expect(run.done).rejects.toThrow(/me@a gets no response from http:\/\/127\.0\.0\.1:1: .*refused/);
  });

  it('counts failures by class, and keeps examples', async () => {
    const server = await countingServer((response, nth) =>
      nth % 4 === 0 ? response.writeHead(503).end('{"error":"overloaded"}') : good(response),
    );
    const blind = localShell('b', { replace: { '/proc/stat': '/nowhere/stat' } });
    const run = await start(engineOn([localShell('a'), blind]), { origin: server.origin });
    const { requests, failureExamples, failedLatencyUs, hosts } = await run.done;
    expect(hosts?.map(({ hostBusyShare, absent }) => [typeof hostBusyShare, Object.keys(absent)])).toEqual([
      ['number', []],
      ['object', ['hostBusyShare']],
    ]);
    expect(requests.failed.http_5xx).toBeGreaterThan(2);
    expect(requests.statusCodes).toEqual({ '503': requests.failed.http_5xx });
    expect(failedLatencyUs?.count).toBe(requests.failed.http_5xx);
    expect(failureExamples).toEqual(['http_5xx 503: {"error":"overloaded"}']);
  });
});
