import { readdirSync, readFileSync } from 'node:fs';
import { arch, cpus, hostname, release, totalmem } from 'node:os';
import type { Machine } from '../model/run.js';

/** The address that only this machine can reach. */
export const LOOPBACK = '127.0.0.1';

/** Trimmed text of a file in /proc or /sys; null if it can't be read. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

/** Open files per process: the soft limit, which child processes inherit; null for no limit. */
export function descriptorLimit(): number | null {
  const soft = /^Max open files\s+(\S+)/m.exec(read('/proc/self/limits') ?? '')?.[1];
  return soft === undefined || soft === 'unlimited' ? null : Number(soft);
}

/** First and last local port for outgoing connections; null if it can't be read. */
export function localPortRange(): [number, number] | null {
  const [first, last] = (read('/proc/sys/net/ipv4/ip_local_port_range') ?? '').split(/\s+/).map(Number);
  return first && last ? [first, last] : null;
}

export function cpuGovernor(): string | null {
  return read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor');
}

export function clockSource(): string | null {
  return read('/sys/devices/system/clocksource/clocksource0/current_clocksource');
}

/**
 * Whether the CPU may run above its base clock; null if unknown. The two drivers' files have opposite meanings.
 * @param readFile text of a file, null if it can't be read
 */
export function turboEnabled(readFile: (path: string) => string | null): boolean | null {
  const disabled = readFile('/sys/devices/system/cpu/intel_pstate/no_turbo');
  if (disabled !== null) return disabled === '0';
  const boost = readFile('/sys/devices/system/cpu/cpufreq/boost');
  return boost === null ? null : boost === '1';
}

/** What a reader needs to tell whether figures of two machines compare. Null could not be read. */
export function describeMachine(): Machine {
  const siblings = read('/sys/devices/system/cpu/cpu0/topology/thread_siblings_list');
  return {
    hostname: hostname(),
    os: /^PRETTY_NAME="?([^"\n]+)/m.exec(read('/etc/os-release') ?? '')?.[1] ?? process.platform,
    kernel: release(),
    architecture: arch(),
    cpuModel: cpus()[0]?.model.trim() || null,
    cores: cpus().length,
    threadsPerCore: siblings === null ? null : countCpus(siblings),
    governor: cpuGovernor(),
    turboEnabled: turboEnabled(read),
    clockSource: clockSource(),
    mitigations: readMitigations(),
    virtualisation: /\bhypervisor\b/.test(read('/proc/cpuinfo') ?? '') ? 'virtual machine' : null,
    memoryBytes: totalmem(),
    cgroupCpuMax: read('/sys/fs/cgroup/cpu.max'),
    cgroupMemoryMax: read('/sys/fs/cgroup/memory.max'),
    descriptorLimit: descriptorLimit(),
    localPortRange: localPortRange()?.join('-') ?? null,
  };
}

/** Number of CPUs in a kernel list such as `0,4` or `0-1`. */
export function countCpus(list: string): number {
  return list.split(',').reduce((count, part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return count + last - first + 1;
  }, 0);
}

function readMitigations(): Record<string, string> {
  const folder = '/sys/devices/system/cpu/vulnerabilities';
  try {
    return Object.fromEntries(readdirSync(folder).map((name) => [name, read(`${folder}/${name}`) ?? 'unreadable']));
  } catch {
    return {};
  }
}
