import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mergedLogs } from '../../../src/load/k6/merged-logs.js';

const log = (name: string) => readFileSync(new URL(`../../fixtures/k6-segments/${name}`, import.meta.url), 'utf8');
const both = new Map([
  ['pod-1', log('pod-1.log')],
  ['pod-2', log('pod-2.log')],
]);

describe('mergedLogs', () => {
  it('merges real logs', () => {
    const { result, spreadMs } = mergedLogs(both);
    expect(result.hosts?.map(({ host, vus }) => [host, vus])).toEqual([
      ['pod-1', 3],
      ['pod-2', 2],
    ]);
    for (const { cpus, cpuPercentMean, hostBusyShare, absent } of result.hosts ?? []) {
      expect([cpus, cpuPercentMean, hostBusyShare]).toEqual([null, null, null]);
      expect(absent.hostBusyShare).toMatch(/a log says nothing of the CPU/);
    }
    expect(result.windowS).toBe(1);
    expect(result.latencyUs?.count).toBe(result.requests.ok);
    expect(result.requests.sent).toBe(result.requests.ok + (result.requests.inFlightAtEnd ?? 0));
    expect(result.requests.inFlightAtEnd).toBe(5);
    expect(result.latencyUs?.min).toBeGreaterThanOrEqual(60_000);
    expect(spreadMs).toBeLessThan(1_000);
  });

  it('refuses what is no whole log, and logs of different loads', () => {
    expect(() => mergedLogs(new Map([['pod-1', 'level=error msg="out of memory"\n']]))).toThrow(
      /pod-1 holds no requests/,
    );
    const cut = log('pod-1.log').slice(0, 40);
    expect(() => mergedLogs(new Map([['pod-1', cut]]))).toThrow(/a line that its script can't have written/);
    const other = log('pod-2.log').replaceAll('"windowMs":1000', '"windowMs":2000');
    expect(() => mergedLogs(new Map([...both, ['pod-3', other]]))).toThrow(/windows of 1000, 2000 ms/);
  });
});
