import { describe, expect, it } from 'vitest';
import { loadHostsGate } from '../../src/analysis/load-hosts-gate.js';
import { gatesOf } from '../../src/analysis/validity.js';
import { LoadHost } from '../../src/model/load.js';
import { loadOf, treeOf } from '../support/record-builder.js';

const counts = { vus: 20, sent: 10, ok: 9, failed: 0, inFlightAtEnd: 1, clockUncertaintyMs: 1 };

/** @param k6 share of its four CPUs */
function aHost(host: string, k6: number | null, hostBusyShare: number | null): LoadHost {
  const cpuPercentMean = k6 === null ? null : k6 * 400;
  const absent = k6 === null || hostBusyShare === null ? { hostBusyShare: 'there is no /proc' } : {};
  return { host, ...counts, cpus: 4, cpuPercentMean, hostBusyShare, absent };
}

describe('the gate of the load engine, for a load from other hosts', () => {
  it.each([
    [0.3, 0.8, 'pass', 'all programs on me@b took 80 % of its CPU time (bound 80 %)'],
    [0.3, 0.81, 'invalid', 'all programs on me@b took 81 % of its CPU time (bound 80 %): the generator may have been'],
    // It may use four of sixteen CPUs, say.
    [0.9, 0.25, 'invalid', 'k6 on me@b took 90 % of the 4 CPUs that it may use (bound 80 %)'],
    [0, 0, 'pass', 'all programs on me@a took 20 % of its CPU time'],
  ] as const)('names the busiest host: k6 at %f, all at %f is %s', (k6, all, verdict, message) => {
    const result = loadHostsGate([aHost('me@a', 0.1, 0.2), aHost('me@b', k6, all)]);
    expect(result).toMatchObject({ gate: 'load engine', verdict, value: Math.max(k6, all, 0.2) });
    expect(result.message).toContain(message);
  });

  it('passes nobody whom it doesn’t know, and needs to know one that is too busy only', () => {
    for (const [k6, all] of [
      [null, null],
      [0.1, null],
      [null, 0.1],
    ] as const) {
      expect(loadHostsGate([aHost('me@a', 0.1, 0.2), aHost('me@b', k6, all)])).toEqual({
        gate: 'load engine',
        verdict: 'unknown',
        value: null,
        message: 'CPU of me@b is not known: there is no /proc',
      });
    }
    expect(loadHostsGate([aHost('me@a', 0.95, 0.99), aHost('me@b', null, null)])).toMatchObject({
      verdict: 'invalid',
      message: expect.stringMatching(/me@a took 99 %/),
    });
    expect(loadHostsGate([]).verdict).toBe('unknown');
  });

  it('knows nothing of hosts in records from before it was read', () => {
    const old = LoadHost.parse({ host: 'me@a', ...counts });
    expect(loadHostsGate([old])).toMatchObject({
      verdict: 'unknown',
      message: 'CPU of me@a is not known: recorded before the CPU of load hosts was read',
    });
  });

  it('does not know k6’s share of CPUs whose number it does not know', () => {
    expect(loadHostsGate([{ ...aHost('me@a', 0.1, 0.2), cpus: null }])).toMatchObject({
      verdict: 'unknown',
      value: null,
    });
  });

  it('takes the place of the CPU of this machine’s engine', () => {
    const load = loadOf({ result: { hosts: [aHost('me@a', 0.95, 0.96)] } });
    const gates = gatesOf({ vus: 150, load, mock: null, engine: treeOf({ cpuPercentMean: 1 }), host: null });
    expect(gates.filter(({ gate }) => gate === 'load engine').map(({ verdict }) => verdict)).toEqual(['invalid']);
  });
});
