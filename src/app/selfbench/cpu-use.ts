import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { parseCpuUs } from '../../lib/cpu-times.js';

/** CPU time per second of wall time, in microseconds; null where a process of the tree ended in between. */
export interface CpuUse {
  engineUsPerSec: number | null;
  upstreamUsPerSec: number | null;
}

/** CPU time of the processes since they started. */
export interface CpuReading {
  atMs: number;
  /** Of this process: it collects the engine's seconds, which is work that the engine causes. */
  ownUs: number;
  engine: Map<number, number>;
  upstream: Map<number, number>;
}

export function readCpu(enginePids: number[], upstreamPids: number[]): CpuReading {
  const { user, system } = process.cpuUsage();
  return {
    atMs: performance.now(),
    ownUs: user + system,
    engine: timesOf(enginePids),
    upstream: timesOf(upstreamPids),
  };
}

export function cpuBetween(from: CpuReading, to: CpuReading): CpuUse {
  const seconds = (to.atMs - from.atMs) / 1000;
  const engineUs = treeUs(from.engine, to.engine);
  const upstreamUs = treeUs(from.upstream, to.upstream);
  if (seconds <= 0) return { engineUsPerSec: null, upstreamUsPerSec: null };
  return {
    engineUsPerSec: engineUs === null ? null : (engineUs + to.ownUs - from.ownUs) / seconds,
    upstreamUsPerSec: upstreamUs === null ? null : upstreamUs / seconds,
  };
}

/** Null if a process ended, because its count is lost. */
function treeUs(from: Map<number, number>, to: Map<number, number>): number | null {
  if (to.size === 0) return null;
  for (const pid of from.keys()) if (!to.has(pid)) return null;
  let total = 0;
  for (const [pid, us] of to) total += us - (from.get(pid) ?? 0);
  return total;
}

function timesOf(pids: number[]): Map<number, number> {
  const times = new Map<number, number>();
  for (const pid of pids) {
    try {
      const us = parseCpuUs(readFileSync(`/proc/${pid}/stat`, 'latin1'));
      if (us !== null) times.set(pid, us);
    } catch {
      // It ended.
    }
  }
  return times;
}
