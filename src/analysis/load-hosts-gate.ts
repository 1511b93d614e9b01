import { formatShare } from '../lib/format.js';
import type { LoadHost } from '../model/load.js';
import type { GateResult } from '../model/record.js';
import { unknownGate } from './gate.js';
import { THRESHOLDS } from './thresholds.js';

/** A share of a host's CPUs that was in use, in words. */
interface Use {
  value: number;
  what: string;
}

/**
 * The gate of the load engine where other hosts drove it: the busiest one decides. Whatever keeps a host busy holds its
 * load up, so all of its programs together are judged, and k6 by the CPUs that it may use, which can be fewer.
 * One host that is too busy is enough to know; to pass, all have to be known.
 */
export function loadHostsGate(hosts: readonly LoadHost[]): GateResult {
  const gate = 'load engine';
  const { passShare } = THRESHOLDS.engineUtilisation;
  const [busiest] = hosts.flatMap(usesOf).sort((a, b) => b.value - a.value);
  const unread = hosts.find((host) => usesOf(host).length < 2);
  if (busiest !== undefined && busiest.value > passShare) {
    const message = `${busiest.what} (bound ${formatShare(passShare)}): the generator may have been the limit`;
    return { gate, verdict: 'invalid', value: busiest.value, message };
  }
  if (unread !== undefined) {
    const reason = Object.values(unread.absent)[0] ?? 'the record does not say why';
    return unknownGate(gate, `CPU of ${unread.host} is not known: ${reason}`);
  }
  if (busiest === undefined) return unknownGate(gate, 'no host is known');
  return { gate, verdict: 'pass', value: busiest.value, message: `${busiest.what} (bound ${formatShare(passShare)})` };
}

function usesOf({ host, cpus, cpuPercentMean, hostBusyShare }: LoadHost): Use[] {
  const uses: Use[] = [];
  if (hostBusyShare !== null) {
    uses.push({
      value: hostBusyShare,
      what: `all programs on ${host} took ${formatShare(hostBusyShare)} of its CPU time`,
    });
  }
  if (cpus !== null && cpuPercentMean !== null) {
    const value = cpuPercentMean / 100 / cpus;
    const among = cpus === 1 ? 'the one CPU that it may use' : `the ${cpus} CPUs that it may use`;
    uses.push({ value, what: `k6 on ${host} took ${formatShare(value)} of ${among}` });
  }
  return uses;
}
