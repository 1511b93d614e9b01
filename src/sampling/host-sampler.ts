import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { readThrottling } from '../lib/cpu-throttling.js';
import { type HostTimes, hostUse, parseHostTimes, US_PER_TICK } from '../lib/cpu-times.js';
import { type ProcessTimes, readProcessTimes } from '../lib/process-times.js';
import type { HostCpuTimes, HostSample } from '../model/resources.js';
import { cpuUseBetween } from './cpu-use.js';

/** Other programs that a sample names. */
const NAMED = 5;

interface Reading {
  takenAtMs: number;
  host: HostTimes | null;
  processes: ProcessTimes[];
}

/** The host since the previous sample: its CPU use, who used it, and what held this run back. */
export class HostSampler {
  #last = takeReading();
  #unclaimed: ReadonlyMap<number, number> = new Map();
  #times: HostCpuTimes = { busy: 0, interrupts: 0, run: 0, kernelThreads: 0, others: 0 };

  /** @param run PIDs of the run's processes; gatebench itself, its descendants and theirs are added */
  sample(run: { gateway: readonly number[]; others: readonly number[] }): HostSample {
    const [from, to] = [this.#last, takeReading()];
    this.#last = to;
    const roots = new Set([process.pid, ...run.gateway, ...run.others]);
    const elapsedMs = to.takenAtMs - from.takenAtMs;
    const { runUs, kernelThreadsUs, others, unclaimed } = cpuUseBetween(from.processes, to.processes, {
      roots,
      mostUs: elapsedMs * 1000 * (to.host?.cores ?? 1),
      unclaimed: this.#unclaimed,
    });
    this.#unclaimed = unclaimed;
    if (from.host !== null && to.host !== null) {
      const times = this.#times;
      this.#times = {
        busy: times.busy + busyUs(from.host, to.host, elapsedMs),
        interrupts: times.interrupts + Math.max(0, to.host.interrupts - from.host.interrupts) * US_PER_TICK,
        run: times.run + runUs,
        kernelThreads: times.kernelThreads + kernelThreadsUs,
        others: times.others + others.reduce((sum, { cpuTimeUs }) => sum + cpuTimeUs, 0),
      };
    }
    const use = from.host && to.host ? hostUse(from.host, to.host) : { cpuPercent: null, stealPercent: null };
    return {
      ...use,
      load1: loadavg()[0] ?? null,
      cores: to.host?.cores ?? null,
      cpuTimesUs: to.host === null ? null : this.#times,
      otherPrograms: others.slice(0, NAMED),
      cpuPressureUs: readCpuPressure(),
      throttling: {
        harness: readThrottling('self'),
        gateway: run.gateway[0] === undefined ? null : readThrottling(run.gateway[0]),
      },
    };
  }
}

/**
 * Time in which CPUs weren't idle and the hypervisor let them run. The kernel measures idle time; what it gives as busy
 * is counted in ticks, which miss work that timers start.
 */
function busyUs(from: HostTimes, to: HostTimes, elapsedMs: number): number {
  const restingUs = (to.idle - from.idle + to.steal - from.steal) * US_PER_TICK;
  return Math.max(0, elapsedMs * 1000 * to.cores - restingUs);
}

function takeReading(): Reading {
  const text = readText('/proc/stat');
  return {
    takenAtMs: performance.now(),
    host: text === null ? null : parseHostTimes(text),
    processes: readProcessTimes(),
  };
}

/** Time in which at least one task waited for a CPU, since boot; null where the kernel doesn't keep it. */
function readCpuPressure(): number | null {
  const total = /^some .*total=(\d+)/m.exec(readText('/proc/pressure/cpu') ?? '')?.[1];
  return total === undefined ? null : Number(total);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
