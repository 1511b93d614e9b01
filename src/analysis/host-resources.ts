import type { HostResources, HostSample, Sample, Throttling } from '../model/resources.js';

/** Other programs that a record names. */
const NAMED = 3;

/** What the host did in the window, from a cell's samples; null if none is of the window. */
export function hostResources(samples: readonly Sample[]): HostResources | null {
  const window = samples.filter((sample) => sample.phase === 'window');
  const hosts = window.map((sample) => sample.host);
  const known = (key: 'cpuPercent' | 'stealPercent' | 'load1') =>
    hosts.map((host) => host[key]).filter((value) => value !== null);
  const [from, to] = [window[0], window.at(-1)];
  if (!from || !to) return null;
  // Counters say what was used between the first sample and the last.
  const elapsedUs = (to.atS - from.atS) * 1e6;
  return {
    cpuPercentMean: mean(known('cpuPercent')),
    stealPercentMean: mean(known('stealPercent')),
    load1Max: known('load1').length === 0 ? null : Math.max(...known('load1')),
    ...otherPrograms(from.host, to.host, elapsedUs),
    busiestOthers: busiest(hosts.slice(1), elapsedUs),
    cpuPressurePercent: percentOf(difference(from.host.cpuPressureUs, to.host.cpuPressureUs), elapsedUs),
    throttling: {
      harness: throttlingBetween(from.host.throttling?.harness, to.host.throttling?.harness),
      gateway: throttlingBetween(from.host.throttling?.gateway, to.host.throttling?.gateway),
    },
  };
}

/**
 * CPU time of other programs is at least what was seen of them, and at most what the host was busy without the run's
 * processes and the kernel's threads. Where these differ, the difference is of programs that can't be seen or of
 * interrupts, and only what exceeds the interrupts is counted: loopback traffic makes most of those.
 */
function otherPrograms(
  from: HostSample,
  to: HostSample,
  elapsedUs: number,
): Pick<HostResources, 'otherCpuPercentMean' | 'unseenCpuPercentMean' | 'kernelThreadsCpuPercentMean'> {
  const [a, b] = [from.cpuTimesUs, to.cpuTimesUs];
  if (a === null || b === null || to.cores === null || elapsedUs <= 0) {
    return { otherCpuPercentMean: null, unseenCpuPercentMean: null, kernelThreadsCpuPercentMean: null };
  }
  const kernelThreadsUs = b.kernelThreads - a.kernelThreads;
  const seenUs = b.others - a.others;
  const mostUs = Math.max(0, b.busy - a.busy - (b.run - a.run) - kernelThreadsUs);
  const otherUs = Math.min(mostUs, Math.max(seenUs, mostUs - (b.interrupts - a.interrupts)));
  const percent = (timeUs: number) => percentOf(timeUs, elapsedUs * (to.cores ?? 1));
  return {
    otherCpuPercentMean: percent(otherUs),
    unseenCpuPercentMean: percent(Math.max(0, otherUs - seenUs)),
    kernelThreadsCpuPercentMean: percent(kernelThreadsUs),
  };
}

function busiest(hosts: readonly HostSample[], elapsedUs: number): HostResources['busiestOthers'] {
  if (elapsedUs <= 0) return [];
  const byProcess = new Map<string, { pid: number; command: string; cpuTimeUs: number }>();
  for (const { pid, command, cpuTimeUs } of hosts.flatMap(({ otherPrograms }) => otherPrograms)) {
    // A process may replace its program, and PIDs are used again.
    const key = `${pid} ${command}`;
    byProcess.set(key, { pid, command, cpuTimeUs: cpuTimeUs + (byProcess.get(key)?.cpuTimeUs ?? 0) });
  }
  return [...byProcess.values()]
    .sort((a, b) => b.cpuTimeUs - a.cpuTimeUs)
    .slice(0, NAMED)
    .map(({ pid, command, cpuTimeUs }) => ({ pid, command, cpuPercentMean: (100 * cpuTimeUs) / elapsedUs }));
}

function throttlingBetween(from: Throttling | null = null, to: Throttling | null = null): Throttling | null {
  if (from === null || to === null) return null;
  // A group may have been made anew.
  return { periods: Math.max(0, to.periods - from.periods), timeUs: Math.max(0, to.timeUs - from.timeUs) };
}

function difference(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : to - from;
}

/** At most 100: the times of one sample are read one after another. */
function percentOf(partUs: number | null, elapsedUs: number): number | null {
  return partUs === null || elapsedUs <= 0 ? null : Math.min(100, Math.max(0, (100 * partUs) / elapsedUs));
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
