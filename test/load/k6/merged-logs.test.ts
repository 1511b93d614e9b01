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

  it('has the stages of a load that has any, of all pods together', () => {
    const stages = [
      { durationMs: 1_000, from: 2, to: 2 },
      { durationMs: 1_000, from: 4, to: 4 },
    ];
    const account = {
      ...{ endMs: 2_000, windowMs: 2_000, firstMs: 0, inFlightAtEnd: 0, inFlightMs: 180 },
      ...{ sent: 3, ok: 2, warmUp: { sent: 0, ok: 0 }, failed: { http_5xx: 1 }, codes: {}, examples: {} },
    };
    const pod = (okUs: number[]) =>
      [
        { stages, warmupMs: 3_000 },
        { vu: 1, kind: 'ok', us: okUs },
        { vu: 1, kind: 'okEnd', us: [400_000, 1_500_000] },
        { vu: 1, kind: 'failed', us: [5_000] },
        { vu: 1, kind: 'failedEnd', us: [1_000_000] },
        { vu: 1, account },
      ]
        .map((line) => `gatebench ${JSON.stringify(line)}\n`)
        .join('');
    const { result } = mergedLogs(
      new Map([
        ['pod-1', pod([60_000, 70_000])],
        ['pod-2', pod([80_000, 90_000])],
      ]),
    );
    expect(result.stages).toMatchObject([
      { atS: 0, durationS: 1, from: 2, to: 2, ok: 2, failed: 0, latencyUs: { count: 2, min: 60_000 } },
      { atS: 1, durationS: 1, from: 4, to: 4, ok: 2, failed: 2, latencyUs: { count: 2, min: 70_000 } },
    ]);
    expect(result.seconds.map(({ second, ok, failed }) => [second, ok, failed])).toEqual([
      [3, 2, 0],
      [4, 2, 2],
    ]);
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
