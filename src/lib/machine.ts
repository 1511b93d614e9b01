import { readdirSync, readFileSync } from 'node:fs';
import { arch, cpus, hostname, release, totalmem } from 'node:os';

/** The address that only this machine can reach. */
export const LOOPBACK = '127.0.0.1';

/** Text of a file of /proc or /sys, trimmed; null where it can't be read. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

/** Open files that a process of ours may have: the soft limit, which our children inherit; null for no limit. */
export function descriptorLimit(): number | null {
  const soft = /^Max open files\s+(\S+)/m.exec(read('/proc/self/limits') ?? '')?.[1];
  return soft === undefined || soft === 'unlimited' ? null : Number(soft);
}

/** First and last local port for outgoing connections; null where it can't be read. */
export function localPortRange(): [number, number] | null {
  const [first, last] = (read('/proc/sys/net/ipv4/ip_local_port_range') ?? '').split(/\s+/).map(Number);
  return first && last ? [first, last] : null;
}

export function cpuGovernor(): string | null {
  return read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor');
}

/** What a reader needs to judge whether figures of two machines compare. What can't be read is null. */
export function describeMachine() {
  const siblings = read('/sys/devices/system/cpu/cpu0/topology/thread_siblings_list');
  const noTurbo =
    read('/sys/devices/system/cpu/intel_pstate/no_turbo') ?? read('/sys/devices/system/cpu/cpufreq/boost');
  return {
    hostname: hostname(),
    os: /^PRETTY_NAME="?([^"\n]+)/m.exec(read('/etc/os-release') ?? '')?.[1] ?? process.platform,
    kernel: release(),
    architecture: arch(),
    cpuModel: cpus()[0]?.model.trim() || null,
    cores: cpus().length,
    threadsPerCore: siblings === null ? null : countCpus(siblings),
    governor: cpuGovernor(),
    turbo: noTurbo,
    clockSource: read('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    mitigations: readMitigations(),
    virtualisation: /\bhypervisor\b/.test(read('/proc/cpuinfo') ?? '') ? 'virtual machine' : null,
    memoryBytes: totalmem(),
    cgroupCpuMax: read('/sys/fs/cgroup/cpu.max'),
    cgroupMemoryMax: read('/sys/fs/cgroup/memory.max'),
    descriptorLimit: descriptorLimit(),
    localPortRange: localPortRange()?.join('-') ?? null,
  };
}

/** CPUs in a kernel list such as `0,4` or `0-1`. */
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
